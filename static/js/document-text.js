// The markup of documents in the browser: a short list of tags, as minutes/content.py has it.
// What comes from the clipboard or from the server becomes nodes here and nowhere else.

import DOMPurify from '/static/vendor/dompurify/dist/purify.es.js';

// Kept equal to TAGS and TABLES of minutes/content.py.
const TAGS = ['p', 'h2', 'h3', 'strong', 'em', 'br', 'ul', 'ol', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td'];
const TABLES = ['attendance', 'carried', 'directives', 'indicators', 'scorecard'];
// What word processors and the editor write for the same things.
const ALIKE = { b: 'strong', i: 'em', div: 'p', h1: 'h2', h4: 'h3', h5: 'h3', h6: 'h3' };
const BLOCKS = ['P', 'H2', 'H3', 'LI'];
const EMPTY = /^[\s\u200b]*$/;

DOMPurify.addHook('uponSanitizeAttribute', (node, attribute) => {
  attribute.keepAttr = attribute.attrName === 'class' && node.nodeName === 'TABLE' && TABLES.includes(attribute.attrValue);
});

/**
 * Markup as nodes, with nothing in them but the tags of a document.
 *
 * @param {string} markup
 * @param {string[]} [also] further tags: those of the editor, `ins` and `del` of differences
 * @returns {DocumentFragment}
 */
export function nodes(markup, also = Object.keys(ALIKE)) {
  // Read where nothing runs and nothing is fetched.
  const template = document.createElement('template');
  template.innerHTML = bare(markup);
  const holder = template.content.ownerDocument.createElement('p');
  holder.append(template.content);
  DOMPurify.sanitize(holder, {
    ALLOWED_TAGS: [...TAGS, ...also],
    ALLOWED_ATTR: ['class'],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    IN_PLACE: true,
  });
  const found = document.createDocumentFragment();
  found.append(...document.importNode(holder, true).childNodes);
  return found;
}

const TAG = /<([a-z][\w:-]*)((?:\s+[^\s"'<>=/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]*))?)*)\s*\/?>/gi;
const LOOK = new RegExp(`\\sclass="(${TABLES.join('|')})"`);

// Without attributes and styles, of which word processors write many: the page's policy would
// report each of them while it is read. DOMPurify is what makes markup safe, not this.
function bare(markup) {
  return markup
    .replace(/<!--[\s\S]*?-->|<(style|script)\b[\s\S]*?<\/\1\s*>/gi, '')
    .replace(TAG, (_tag, name, attributes) => `<${name}${LOOK.exec(attributes)?.[0] ?? ''}>`);
}

/** Markup with insertions and deletions in it, as nodes. */
export const marked = (markup) => nodes(markup, ['ins', 'del']);

/**
 * What an editor holds, in the one form that is compared and saved.
 *
 * @param {Node} root the editor's element, or nodes
 * @returns {string}
 */
export function bodyOf(root) {
  return blocks(root).join('');
}

/** The same for markup: two texts are the same where this is. */
export function blocksOf(markup) {
  return blocks(nodes(markup));
}

function blocks(root) {
  const found = [];
  let loose = ''; // text that stands in no block makes one
  const close = () => {
    if (!EMPTY.test(loose.replaceAll('<br>', ''))) found.push(`<p>${trimmed(loose)}</p>`);
    loose = '';
  };
  for (const child of root.childNodes) {
    const inline = child.nodeType === Node.TEXT_NODE || ['strong', 'em', 'br'].includes(nameOf(child));
    if (inline) {
      loose += written(child);
      continue;
    }
    close();
    const text = written(child);
    if (text) found.push(text);
  }
  close();
  return found;
}

const nameOf = (node) => ALIKE[node.nodeName.toLowerCase()] ?? node.nodeName.toLowerCase();

function written(node) {
  if (node.nodeType === Node.TEXT_NODE) return escaped(node.data);
  if (node.nodeType !== Node.ELEMENT_NODE) return '';
  const name = nameOf(node);
  if (name === 'br') return '<br>';
  const inside = [...node.childNodes].map(written).join('');
  // Paragraphs within items and cells, and what we do not know, leave their text alone.
  const within = name === 'p' && node.parentElement?.closest('li, td, th');
  if (within) return node.nextElementSibling ? `${trimmed(inside)}<br>` : inside;
  if (!TAGS.includes(name)) return inside;
  const text = ['strong', 'em'].includes(name) ? inside : trimmed(inside);
  if (text === '' && ['strong', 'em', 'ul', 'ol', 'table', 'thead', 'tbody', 'tr'].includes(name)) return '';
  if (BLOCKS.includes(name.toUpperCase()) && EMPTY.test(text)) return '';
  const look = name === 'table' && TABLES.includes(node.className) ? ` class="${node.className}"` : '';
  return `<${name}${look}>${text}</${name}>`;
}

// A line break at the end of a block shows nothing: editors put it there to hold the cursor.
const trimmed = (text) => text.replace(/^\s+|(\s|<br>)+$/g, '');

function escaped(text) {
  return text
    .replaceAll('\u200b', '')
    .replace(/[\t\n\r ]+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** The words of some markup, a line for each block. */
export function wordsOf(markup) {
  const parts = nodes(markup.replace(/<(br|\/p|\/li|\/tr|\/h2|\/h3)>/g, '\n<$1>').replace(/<\/t[dh]>/g, ' · $&'));
  return parts.textContent.replace(/( · )?\n+/g, '\n').replace(/ · $/, '').trim();
}

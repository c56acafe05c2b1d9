// Differences between two texts, in colour.

import { marked } from './document-text.js';

/**
 * Show differences.
 *
 * @param {Element} place
 * @param {{field: string, html: string}[]} changes as the server gives them
 * @param {object} fields names of the fields by key
 * @param {string} nothing the sentence where there are none
 */
export function showChanges(place, changes, fields, nothing) {
  if (changes.length === 0) {
    const quiet = element('p', 'quiet', nothing);
    place.replaceChildren(quiet);
    return;
  }
  place.replaceChildren(
    ...changes.map(({ field, html }) => {
      const part = element('div', 'change');
      const name = field.split('.')[0];
      part.append(element('p', 'change-field', fields[name] ?? name));
      const text = element('div', 'change-text paper-text');
      text.append(marked(html));
      part.append(text);
      return part;
    }),
  );
}

export function element(name, look = '', text = '') {
  const made = document.createElement(name);
  if (look) made.className = look;
  if (text) made.textContent = text;
  return made;
}

// Two texts of one document, field by field and block by block: what differs, and how to make
// one of them again. Pure functions: nothing here knows of the page.

const LINES = ['superior', 'issuer', 'recipients'];
const PLAIN = ['abstract', 'place', 'urgency'];

/** Whether two contents say the same. */
export function same(one, other) {
  return JSON.stringify(ordered(one)) === JSON.stringify(ordered(other));
}

function ordered(value) {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, ordered(value[key])]));
}

/**
 * A content as a list of pieces that can be compared and chosen one by one.
 *
 * @param {object} content see minutes/content.py
 * @param {(markup: string) => string[]} blocksOf
 * @returns {{field: string, value: *, key: string}[]}
 */
export function pieces(content, blocksOf) {
  const piece = (field, value) => ({ field, value, key: JSON.stringify([field, ordered(value)]) });
  return [
    ...['superior', 'issuer'].map((field) => piece(field, content[field] ?? [])),
    ...PLAIN.map((field) => piece(field, content[field] ?? '')),
    ...blocksOf(content.body).flatMap(rowsOf).map((block) => piece('body', block)),
    piece('signatures', content.signatures ?? []),
    piece('recipients', content.recipients ?? []),
    ...(content.appendices ?? []).map((each) => piece('appendices', each)),
  ];
}

const TABLE = /^(<table[^>]*>(?:<thead>.*?<\/thead>)?<tbody>)(.*)<\/tbody><\/table>$/s;

/** A table as its beginning, `{open}`, and its rows, `{open, row}`; any other block as it is. */
export function rowsOf(block) {
  const [, open, body] = TABLE.exec(block) ?? [];
  if (!open) return [block];
  return [{ open }, ...(body.match(/<tr>.*?<\/tr>/gs) ?? []).map((row) => ({ open, row }))];
}

/** The way back from `rowsOf`, for a whole body. */
export function bodyFrom(parts) {
  let body = '';
  let open = null;
  for (const part of parts) {
    const next = part.open ?? null;
    // A second beginning of the same table is none.
    if (open !== null && open !== next) body += '</tbody></table>';
    if (next !== null && open !== next) body += next;
    body += next === null ? part : (part.row ?? '');
    open = next;
  }
  // A table of which nobody wants a row is none.
  return (open === null ? body : `${body}</tbody></table>`).replace(/<table[^>]*>(?:<thead>(?:(?!<\/table>).)*<\/thead>)?<tbody><\/tbody><\/table>/gs, '');
}

/**
 * Two texts side by side.
 *
 * Where only one side has changed a piece since their common base, that side is the choice;
 * where both have, both are: nothing is dropped unless somebody says so.
 *
 * @param {object} options
 * @param {object} options.base what both began with
 * @param {object} options.mine
 * @param {object} options.theirs
 * @param {(markup: string) => string[]} options.blocksOf
 * @param {(one: string[], other: string[]) => object[]} options.diffArrays of jsdiff
 * @returns {{field: string, mine: *, theirs: *, same: boolean, both: boolean, choice: string}[]}
 *   `mine` or `theirs` is undefined where that side has nothing there; `choice` is `mine`,
 *   `theirs` or `both`
 */
export function rows({ base, mine, theirs, blocksOf, diffArrays }) {
  const [ours, others] = [pieces(mine, blocksOf), pieces(theirs, blocksOf)];
  const before = new Set(pieces(base, blocksOf).map(({ key }) => key));
  const value = new Map([...ours, ...others].map((piece) => [piece.key, piece]));
  const found = [];
  let [left, right] = [[], []];
  const pair = () => {
    // Within a stretch that differs, the first of one side stands beside the first of the other.
    for (const field of new Set([...left, ...right].map((piece) => piece.field))) {
      const [a, b] = [left, right].map((side) => side.filter((piece) => piece.field === field));
      for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
        found.push(row(field, a[at], b[at], before));
      }
    }
    [left, right] = [[], []];
  };
  for (const part of diffArrays(ours.map(({ key }) => key), others.map(({ key }) => key))) {
    const here = part.value.map((key) => value.get(key));
    if (part.removed) left.push(...here);
    else if (part.added) right.push(...here);
    else {
      pair();
      for (const piece of here) found.push({ ...row(piece.field, piece, piece, before), same: true, both: false });
    }
  }
  pair();
  return found;
}

function row(field, mine, theirs, before) {
  const untouched = (piece) => (piece ? before.has(piece.key) : null);
  const [a, b] = [untouched(mine), untouched(theirs)];
  let choice = 'both';
  if (a === true && b !== true) choice = 'theirs'; // only they have changed or removed it
  if (b === true && a !== true) choice = 'mine';
  if (a === null && b === false) choice = 'theirs'; // they have added it
  if (b === null && a === false) choice = 'mine';
  const clash = choice === 'both';
  if (clash && !['body', 'appendices', 'recipients'].includes(field)) choice = 'mine';
  return { field, mine: mine?.value, theirs: theirs?.value, same: false, both: clash, choice };
}

/** The content that some rows with their choices make. */
export function combined(found, template) {
  const content = { ...template, body: '', appendices: [] };
  const body = [];
  for (const { field, mine, theirs, same: equal, choice } of found) {
    const wanted = equal ? [mine] : { mine: [mine], theirs: [theirs], both: [mine, theirs] }[choice];
    const values = wanted.filter((value) => value !== undefined);
    if (field === 'body') body.push(...values);
    else if (field === 'appendices') content.appendices.push(...values);
    else if (LINES.includes(field)) content[field] = [...new Set(values.flat())];
    else if (values.length > 0) [content[field]] = values;
  }
  content.body = bodyFrom(body);
  return content;
}

/**
 * Where a text stands, in the word that the page shows.
 *
 * @returns {'gone'|'conflict'|'saving'|'waiting'|'refused'|'locked'|'unsaved'|'saved'}
 */
export function standing({ gone, theirs, saving, live, refused, locked, dirty }) {
  if (gone) return 'gone';
  if (theirs) return 'conflict';
  if (saving) return live ? 'saving' : 'waiting';
  if (refused && dirty) return 'refused';
  if (locked) return dirty ? 'unsaved' : 'locked';
  return dirty ? 'unsaved' : 'saved';
}

// Rows that take the focus: up and down within a column, left and right between them, and the
// keys that act on the row which has the focus.

const COLUMNS = ['agenda', 'record', 'side'];

/**
 * Act on a key pressed on a row itself, not in a field within it.
 *
 * @param {object} c the console
 * @param {KeyboardEvent} event
 * @param {boolean} may false where the row cannot be acted upon now
 * @param {Object<string, () => void>} acts by key; `Alt+ArrowUp` for a key with Alt
 */
export function rowKeys(c, event, may, acts) {
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || !may) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const act = acts[event.altKey ? `Alt+${key}` : key];
  // Single letters may be switched off (WCAG 2.1.4).
  if (!act || (key.length === 1 && key !== ' ' && !c.keysOn)) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

function columnOf(element) {
  return element?.closest?.('[data-column]') ?? null;
}

function rowsOf(column) {
  return [...(column?.querySelectorAll('[data-row]') ?? [])];
}

function focusRow(row) {
  row?.focus();
  row?.scrollIntoView({ block: 'nearest' });
  return Boolean(row);
}

/** Up and down among the rows of the column that has the focus; the record where none has. */
export function step(from, by) {
  const column = columnOf(from) ?? document.querySelector('[data-column="record"]');
  const rows = rowsOf(column);
  const at = rows.indexOf(from.closest?.('[data-row]'));
  return focusRow(at < 0 ? rows.at(column.dataset.column === 'record' ? -1 : 0) : rows[at + by]);
}

/** Left and right: to the next column that has rows, at its row of now. */
export function cross(from, by) {
  let at = COLUMNS.indexOf(columnOf(from)?.dataset.column ?? 'record');
  for (at += by; COLUMNS[at]; at += by) {
    if (enter(COLUMNS[at])) return true;
  }
  return false;
}

/** Into a column: its row of now, which alone is in the order of Tab, or its first. */
export function enter(name) {
  const rows = rowsOf(document.querySelector(`[data-column="${name}"]`));
  return focusRow(rows.find((row) => row.tabIndex === 0) ?? rows[0]);
}

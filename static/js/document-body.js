// The field in which a document's text is written: Squire, held to the tags of a document and
// kept from tearing tables apart, of which it knows nothing.

import Squire from '/static/vendor/squire-rte/dist/squire.js';
import { bodyOf, nodes } from './document-text.js';

const TITLES = 'P, DIV, H2, H3';

/** A body that is being written. Dispatches `input` when it may be another one. */
export class BodyField extends EventTarget {
  #root;
  #squire;
  #before = null; // what the editor made of what it was given

  /** @param {Element} root the element that becomes editable */
  constructor(root) {
    super();
    this.#root = root;
    this.#guard();
    this.#squire = new Squire(root, {
      blockTag: 'P',
      addLinks: false,
      sanitizeToDOMFragment: (markup) => nodes(markup),
      didError: (error) => console.error(error),
    });
    for (const [key, does] of Object.entries(KEYS)) {
      this.#squire.setKeyHandler(key, does && ((_squire, event) => {
        event.preventDefault();
        does(this);
      }));
    }
    this.#squire.addEventListener('input', () => this.#tell('input'));
    for (const name of ['pathChange', 'undoStateChange', 'focus']) {
      this.#squire.addEventListener(name, () => this.#tell('state'));
    }
  }

  #tell(name) {
    this.dispatchEvent(new CustomEvent(name));
  }

  get root() {
    return this.#root;
  }

  /** The body; what nobody has changed comes back as it was given, to the letter. */
  get body() {
    const now = bodyOf(this.#root);
    return this.#before?.made === now ? this.#before.given : now;
  }

  set body(markup) {
    this.#squire.setHTML(markup);
    this.#before = { given: markup, made: bodyOf(this.#root) };
    this.#tell('input');
  }

  /** Undoing stops here first. */
  checkpoint() {
    this.#squire.saveUndoState();
  }

  /** Put a body in place of the present one; undoing brings that one back. */
  replace(markup) {
    this.#squire.saveUndoState();
    this.#root.replaceChildren(...nodes(markup).childNodes);
    this.#squire.moveCursorToStart();
  }

  /** What a toolbar shows as pressed, and what can be done here. */
  get state() {
    const cell = this.#cell();
    const list = this.#within('UL, OL');
    return {
      part: Boolean(this.#within('H2')),
      clause: Boolean(this.#within('H3')),
      paragraph: !cell && !list && !this.#within('H2, H3'),
      bold: this.#squire.hasFormat('B'),
      italic: this.#squire.hasFormat('I'),
      bullets: list?.nodeName === 'UL',
      numbers: list?.nodeName === 'OL',
      cell: Boolean(cell),
      list: Boolean(list),
    };
  }

  /** Do what a button or a key asks for; nothing where it does not apply. */
  act(name) {
    const { cell, list } = this.state;
    const needs = { row_add: cell, row_remove: cell, part: !cell && !list, clause: !cell && !list, paragraph: !cell, bullets: !cell, numbers: !cell };
    if (needs[name] === false) return;
    this.#squire.focus();
    ACTIONS[name].call(this, this.#squire);
    this.#tell('state');
  }

  focus() {
    this.#squire.focus();
  }

  destroy() {
    this.#squire.destroy();
  }

  // -- Where the cursor is -----------------------------------------------------------------

  #within(selector, node = this.#squire.getSelection().startContainer) {
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    const found = element?.closest(selector);
    return found && this.#root.contains(found) && found !== this.#root ? found : null;
  }

  #cell(node) {
    return this.#within('TD, TH', node);
  }

  // -- Titles and rows ---------------------------------------------------------------------

  _title(name) {
    const list = this.#within('UL, OL');
    if (list) {
      this.#squire.removeList();
      return;
    }
    this.#squire.modifyBlocks((fragment) => {
      for (const block of fragment.querySelectorAll(TITLES)) {
        if (block.closest('table, li')) continue;
        const made = document.createElement(name);
        made.append(...block.childNodes);
        block.replaceWith(made);
      }
      return fragment;
    });
  }

  // Bold and italic, on and off.
  _face(tag) {
    if (this.#squire.hasFormat(tag)) this.#squire.changeFormat(null, { tag });
    else this.#squire.changeFormat({ tag });
  }

  _list(kind) {
    const list = this.#within('UL, OL');
    if (list?.nodeName === kind) this.#squire.removeList();
    else if (kind === 'UL') this.#squire.makeUnorderedList();
    else this.#squire.makeOrderedList();
  }

  _addRow() {
    const row = this.#cell().parentElement;
    const table = row.closest('table');
    const counted = isCounted(table);
    this.#squire.saveUndoState();
    const model = row.closest('thead') ? (table.tBodies[0]?.rows[0] ?? row) : row;
    const made = document.createElement('tr');
    for (const cell of model.cells) {
      const empty = document.createElement('td');
      empty.append(document.createElement('br'));
      made.append(empty);
    }
    if (row.closest('thead')) (table.tBodies[0] ?? table.createTBody()).prepend(made);
    else row.after(made);
    if (counted) count(table);
    this.#into(made.cells[counted && made.cells.length > 1 ? 1 : 0]);
  }

  _removeRow() {
    const row = this.#cell().parentElement;
    const table = row.closest('table');
    if (row.closest('thead')) return;
    const counted = isCounted(table);
    this.#squire.saveUndoState();
    const next = row.nextElementSibling ?? row.previousElementSibling;
    if (next) {
      row.remove();
      if (counted) count(table);
      this.#into(next.cells[counted && next.cells.length > 1 ? 1 : 0]);
    } else {
      // A table of a head alone says nothing.
      const after = document.createElement('p');
      after.append(document.createElement('br'));
      table.replaceWith(after);
      this.#into(after);
    }
  }

  // The next cell of this table, or the one before; null at its ends.
  #beside(back) {
    const cell = this.#cell();
    if (!cell) return null;
    const cells = [...cell.closest('table').querySelectorAll('th, td')];
    return cells[cells.indexOf(cell) + (back ? -1 : 1)] ?? null;
  }

  #into(element) {
    const range = document.createRange();
    range.selectNodeContents(element);
    range.collapse(true);
    this.#squire.setSelection(range);
  }

  // -- Tables ------------------------------------------------------------------------------
  // Squire joins and splits blocks across cells. Whatever would do so is caught before it.

  #guard() {
    // On the parent, in the capturing phase: before the editor's own listeners.
    const parent = this.#root.parentElement;
    const listen = (name, does) => parent.addEventListener(name, (event) => {
      if (this.#root.contains(event.target)) does(event);
    }, true);
    listen('keydown', (event) => this.#key(event));
    // What menus and other keyboards ask for: on and off as our own keys do, or not at all.
    listen('beforeinput', (event) => {
      const { inputType } = event;
      if (!inputType.startsWith('format')) return;
      stop(event);
      if (inputType === 'formatBold') this.act('bold');
      if (inputType === 'formatItalic') this.act('italic');
    });
    listen('paste', (event) => this.#paste(event));
    listen('cut', (event) => {
      if (!this.#torn()) return;
      stop(event);
      event.clipboardData.setData('text/plain', getSelection().toString());
      this.#clear();
    });
    listen('dragstart', (event) => event.preventDefault());
    listen('drop', stop);
  }

  #key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key === 'Tab') {
      const next = this.#beside(event.shiftKey);
      if (!next) return; // out of the field, as everywhere
      stop(event);
      this.#into(next);
      return;
    }
    const writes = key.length === 1 || key === 'Enter';
    if (!writes && key !== 'Backspace' && key !== 'Delete') return;
    if (this.#torn()) {
      this.#clear();
      if (!writes || key === 'Enter') stop(event);
      return;
    }
    const range = this.#squire.getSelection();
    if (!range.collapsed) return;
    if (key === 'Backspace' && this.#atEdge(range, true)) stop(event);
    if (key === 'Delete' && this.#atEdge(range, false)) stop(event);
  }

  // Whether the selection begins or ends in a cell that it does not stay within.
  #torn() {
    const range = this.#squire.getSelection();
    if (range.collapsed) return false;
    const [from, to] = [this.#cell(range.startContainer), this.#cell(range.endContainer)];
    return from !== to;
  }

  // Empty what is selected; rows and cells stay.
  #clear() {
    const range = this.#squire.getSelection();
    this.#squire.saveUndoState();
    const walker = document.createTreeWalker(this.#root, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) if (range.intersectsNode(walker.currentNode)) texts.push(walker.currentNode);
    const { startContainer, startOffset, endContainer, endOffset } = range;
    for (const text of texts) {
      const from = text === startContainer ? startOffset : 0;
      const to = text === endContainer ? endOffset : text.length;
      text.deleteData(from, Math.max(0, to - from));
    }
    for (const cell of this.#root.querySelectorAll('td, th')) {
      if (cell.textContent === '' && !cell.querySelector('br')) cell.append(document.createElement('br'));
    }
    const at = document.createRange();
    at.setStart(startContainer, startContainer === endContainer ? startOffset : Math.min(startOffset, startContainer.length ?? startOffset));
    at.collapse(true);
    this.#squire.setSelection(at);
  }

  // Whether the cursor stands where the editor would join a cell to its neighbour, or a
  // paragraph to the table before or after it.
  #atEdge(range, before) {
    const block = this.#cell(range.startContainer) ?? this.#within('P, H2, H3, LI, DIV', range.startContainer);
    if (!block) return false;
    const rest = document.createRange();
    rest.selectNodeContents(block);
    if (before) rest.setEnd(range.startContainer, range.startOffset);
    else rest.setStart(range.startContainer, range.startOffset);
    if (rest.toString().replaceAll('\u200b', '') !== '') return false;
    if (rest.cloneContents().querySelector('br') && !before && rest.cloneContents().querySelectorAll('br').length > 1) return false;
    if (/^T[DH]$/.test(block.nodeName)) return !before || !rest.cloneContents().querySelector('br');
    const top = [...this.#root.children].find((child) => child.contains(block));
    const neighbour = before ? top?.previousElementSibling : top?.nextElementSibling;
    return neighbour?.nodeName === 'TABLE' && (top === block || edgeItem(block, before));
  }

  #paste(event) {
    if (this.#torn()) this.#clear();
    if (!this.#cell()) return;
    // Blocks in a cell would split its table: a cell takes lines.
    stop(event);
    const lines = event.clipboardData.getData('text/plain').replace(/\r/g, '').replace(/\n+$/, '').split('\n');
    const range = this.#squire.getSelection();
    this.#squire.saveUndoState();
    range.deleteContents();
    lines.forEach((line, at) => {
      const text = document.createTextNode(line.replace(/\t/g, ' '));
      const added = at > 0 ? [document.createElement('br'), text] : [text];
      for (const node of added) {
        range.insertNode(node);
        range.setStartAfter(node);
        range.collapse(true);
      }
    });
    this.#squire.setSelection(range);
  }
}

const ACTIONS = {
  part() {
    this._title(this.state.part ? 'p' : 'h2');
  },
  clause() {
    this._title(this.state.clause ? 'p' : 'h3');
  },
  paragraph() {
    this._title('p');
  },
  bold() {
    this._face('B');
  },
  italic() {
    this._face('I');
  },
  bullets() {
    this._list('UL');
  },
  numbers() {
    this._list('OL');
  },
  row_add() {
    this._addRow();
  },
  row_remove() {
    this._removeRow();
  },
  undo(squire) {
    squire.undo();
  },
  redo(squire) {
    squire.redo();
  },
};

const act = (name) => (field) => field.act(name);
const nothing = () => {};
// As the editor names them: Ctrl, and on a Mac the command key. Null: as the browser does it.
const KEYS = {
  PageUp: null,
  PageDown: null,
};
for (const modifier of ['Ctrl-', 'Meta-']) {
  const letters = { b: act('bold'), i: act('italic'), z: act('undo'), y: act('redo'), 'Shift-z': act('redo'), u: nothing, d: nothing };
  for (const [letter, does] of Object.entries(letters)) {
    KEYS[modifier + letter] = does;
    // With the capitals locked.
    KEYS[modifier + letter.replace(/.$/, (last) => last.toUpperCase())] = does;
  }
  Object.assign(KEYS, {
    [`${modifier}Shift-7`]: act('numbers'),
    [`${modifier}Shift-8`]: act('bullets'),
    [`${modifier}Enter`]: act('row_add'),
    [`${modifier}[`]: nothing,
    [`${modifier}]`]: nothing,
    [`${modifier}Shift-5`]: nothing,
    [`${modifier}Shift-6`]: nothing,
    [`${modifier}Shift-9`]: nothing,
  });
}
for (const [digit, name] of [['1', 'part'], ['2', 'clause'], ['0', 'paragraph']]) {
  KEYS[`Alt-Ctrl-${digit}`] = act(name);
  KEYS[`Alt-Meta-${digit}`] = act(name);
}

function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}

function edgeItem(block, before) {
  const sibling = before ? 'previousElementSibling' : 'nextElementSibling';
  return block.nodeName !== 'LI' || block[sibling] === null;
}

// Whether the first column counts the rows: it goes on doing so.
function isCounted(table) {
  const rows = [...(table.tBodies[0]?.rows ?? [])];
  return rows.length > 0 && rows.every((row, at) => row.cells[0]?.textContent.trim() === String(at + 1));
}

function count(table) {
  [...table.tBodies[0].rows].forEach((row, at) => {
    if (row.cells[0]) row.cells[0].textContent = String(at + 1);
  });
}

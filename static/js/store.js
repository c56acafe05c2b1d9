// What this browser keeps of a reader's work until the server has it: commands without an
// answer, and drafts. In IndexedDB, so that it outlives the page, the browser and the session;
// in memory where there is none, which `persistent` tells.

const LIBRARY = '/static/vendor/idb/build/index.js';
const DATABASE = 'giao-ban';
const OPEN_MS = 3000; // a profile on a broken disk may never answer
const ROLL_CALL_MS = 100; // how long the reader's other windows have to say that they live

/**
 * Open what is kept for one reader of one meeting.
 *
 * @param {object} options
 * @param {number} options.reader the person's id: nobody else on this browser is shown, or
 *   sends, what is kept under it
 * @param {number} options.meetingId
 * @returns {Promise<Store>} never rejected: a store in memory where the browser refuses
 */
export async function openStore({ reader, meetingId }) {
  const owner = `${reader}:${meetingId}`;
  const [db, window] = await Promise.all([openDatabase(), nameWindow(owner)]);
  const store = new Store(reader, owner, db, window.name);
  try {
    await store.load(window.living);
  } catch {
    store.fail();
  }
  try {
    await store.takeOver();
  } catch {
    // It stays where it is.
  }
  return store;
}

async function openDatabase() {
  try {
    const { openDB } = await import(LIBRARY);
    const opening = openDB(DATABASE, 1, {
      upgrade(db) {
        db.createObjectStore('commands', { keyPath: 'id' }).createIndex('owner', 'owner');
        db.createObjectStore('drafts', { keyPath: 'key' }).createIndex('owner', 'owner');
      },
    });
    const late = new Promise((resolve) => setTimeout(resolve, OPEN_MS, null));
    return await Promise.race([opening, late]);
  } catch {
    return null;
  }
}

// A name for this window that lives through a reload, and the names of the reader's other
// windows: what these are typing is theirs, what a closed one has left is for whoever comes.
async function nameWindow(owner) {
  const living = new Set();
  const session = tabStorage();
  let name = session?.getItem(`window:${owner}`);
  if (globalThis.BroadcastChannel) {
    const channel = new BroadcastChannel(`windows:${owner}`);
    channel.unref?.();
    channel.onmessage = ({ data }) => {
      if (data.name) living.add(data.name);
      else if (name) channel.postMessage({ name });
    };
    channel.postMessage({});
    await new Promise((resolve) => setTimeout(resolve, ROLL_CALL_MS));
  }
  // A duplicated tab comes with the name of its original.
  if (!name || living.has(name)) name = `${Date.now()}.${Math.random()}`;
  session?.setItem(`window:${owner}`, name);
  return { name, living };
}

function tabStorage() {
  try {
    return globalThis.sessionStorage;
  } catch {
    return null; // asking is enough to be refused
  }
}

/** Dispatches `failed` when the browser stops keeping: from then on only the page holds it. */
export class Store extends EventTarget {
  /** Commands of the reader that had no answer when the store was opened, oldest first. */
  waiting = [];
  /** Drafts by slot when the store was opened: this window's, and what closed ones have left. */
  drafts = {};

  #owner;
  #db;
  #window;
  #kept = new Map(); // slot → its value as it is stored
  #drafting = Promise.resolve();

  constructor(reader, owner = '', db = null, window = '') {
    super();
    this.reader = reader;
    this.#owner = owner;
    this.#db = db;
    this.#window = window;
  }

  /** Whether what is kept here outlives the page. */
  get persistent() {
    return this.#db !== null;
  }

  /** Keep a command until it is forgotten. */
  keep({ id, name, args, note, at }) {
    const row = JSON.parse(JSON.stringify({ id, name, args, note, at }));
    // On the disk before anything else happens to the machine.
    return this.#write('commands', (rows) => [rows.put({ ...row, owner: this.#owner })], 'strict');
  }

  /** A command has its answer. What its refusal has made a draft of is kept first. */
  async forget(id) {
    await this.#drafting;
    await this.#write('commands', (rows) => [rows.delete(id)]);
  }

  /** False where another window of the reader has had the command's answer. */
  async has(id) {
    try {
      return !this.#db || (await this.#db.getKey('commands', id)) !== undefined;
    } catch {
      this.fail();
      return true;
    }
  }

  /** Keep drafts by slot, all that there are; what is not among them is forgotten. */
  saveDrafts(drafts) {
    const changed = [];
    for (const [slot, value] of Object.entries(drafts)) {
      const text = JSON.stringify(value);
      if (this.#kept.get(slot) === text) continue;
      this.#kept.set(slot, text);
      changed.push([slot, text]);
    }
    const gone = [...this.#kept.keys()].filter((slot) => !(slot in drafts));
    for (const slot of gone) this.#kept.delete(slot);
    if (changed.length + gone.length === 0) return;
    this.#drafting = this.#write('drafts', (rows) => [
      ...changed.map(([slot, value]) => rows.put(this.#draft(slot, value))),
      ...gone.map((slot) => rows.delete(this.#key(slot))),
    ]);
  }

  /** Read what is kept; `living` are the names of the windows whose drafts are their own. */
  async load(living) {
    if (!this.#db) return;
    this.#db.addEventListener('close', () => this.fail());
    this.#db.addEventListener('versionchange', () => {
      this.#db?.close();
      this.fail();
    });
    const commands = await this.#db.getAllFromIndex('commands', 'owner', this.#owner);
    this.waiting = commands.sort((one, other) => one.at - other.at);
    const rows = await this.#db.getAllFromIndex('drafts', 'owner', this.#owner);
    for (const { slot, value } of rows.filter(({ window }) => window === this.#window)) {
      this.drafts[slot] = JSON.parse(value);
      this.#kept.set(slot, value);
    }
    const left = rows.filter(({ window }) => window !== this.#window && !living.has(window));
    left.sort((one, other) => other.at - one.at);
    const taken = left.filter(({ slot, value }) => this.#adopt(slot, JSON.parse(value)));
    for (const { slot, value } of taken) this.#kept.set(slot, value);
    await this.#write('drafts', (drafts) =>
      taken.flatMap(({ key, slot, value }) => [
        drafts.delete(key),
        drafts.put(this.#draft(slot, value)),
      ]),
    );
  }

  // Take a draft that a closed window has left. Where something else stands in its place it
  // stays where it is, for the next window that is opened.
  #adopt(slot, value) {
    const mine = this.drafts[slot];
    if (mine && mine.text !== '') return false;
    this.drafts[slot] = value;
    return true;
  }

  /** What earlier versions have kept in localStorage is taken over once. */
  async takeOver() {
    if (!this.#db || !globalThis.localStorage) return;
    const outbox = `outbox:${this.#owner}:`;
    const old = Object.keys(localStorage).filter((key) => key.startsWith(outbox));
    for (const key of old) {
      const command = JSON.parse(localStorage.getItem(key));
      await this.keep(command);
      if (!this.persistent) return;
      if (!this.waiting.some(({ id }) => id === command.id)) this.waiting.push(command);
      localStorage.removeItem(key);
    }
    this.waiting.sort((one, other) => one.at - other.at);
    const draft = `draft:console:${this.#owner}`;
    const { edits = {}, failed = [], ...fields } = JSON.parse(localStorage.getItem(draft)) ?? {};
    for (const [slot, value] of Object.entries(flat({ edits, failed, ...fields }))) {
      this.#adopt(slot, value);
    }
    this.saveDrafts(this.drafts);
    await this.#drafting;
    if (this.persistent) localStorage.removeItem(draft);
  }

  /** From now on nothing is kept. */
  fail() {
    if (!this.#db) return;
    this.#db = null;
    this.dispatchEvent(new CustomEvent('failed'));
  }

  async #write(name, act, durability = 'default') {
    if (!this.#db) return;
    try {
      const transaction = this.#db.transaction(name, 'readwrite', { durability });
      const requests = act(transaction.store);
      transaction.commit?.(); // at once: the page may be closed in the next moment
      await Promise.all([...requests, transaction.done]);
    } catch {
      // A full disk, or the reader has cleared the browser's data.
      this.fail();
    }
  }

  #key(slot) {
    return `${this.#owner}:${this.#window}:${slot}`;
  }

  #draft(slot, value) {
    const [owner, window] = [this.#owner, this.#window];
    return { key: this.#key(slot), owner, window, slot, value, at: Date.now() };
  }
}

/** Drafts by slot: of `edits` and `failed` each one has a slot of its own. */
export function flat({ edits, failed, ...fields }) {
  const slots = {};
  for (const [name, value] of Object.entries(fields)) if (value) slots[name] = value;
  for (const [id, edit] of Object.entries(edits)) slots[`edits/${id}`] = edit;
  for (const command of failed) slots[`failed/${command.id}`] = command;
  return slots;
}

/** The way back from `flat`. */
export function unflat(slots) {
  const drafts = { edits: {}, failed: [] };
  for (const [slot, value] of Object.entries(slots)) {
    const [name, id] = slot.split('/');
    if (name === 'edits') drafts.edits[id] = value;
    else if (name === 'failed') drafts.failed.push(value);
    else drafts[name] = value;
  }
  return drafts;
}

// The one client of a meeting's feed: every live page sees the meeting through it.
//
// The server numbers a meeting's changes 1, 2, 3 … without a gap. We hold the objects as
// of `revision` and apply the next event only; whatever is missing is fetched. Commands
// wait in line, in the order in which they were given, until the server has answered.

const SOCKET_CLIENT = '/static/vendor/socket.io-client/dist/socket.io.esm.min.js';
const ANSWER_MS = 8000; // how long an answer may take before we ask again
const POLL_MS = 10000; // between looks at the server while there is no socket
const RETRY_MS = 4000; // between attempts to send while there is no socket
// Answers after which we may not look any longer, at least for now.
const LOST = ['unauthenticated', 'forbidden', 'not_found'];
// A command of more characters goes over HTTP: the server takes no larger message on a socket.
const LARGE = 60_000;
const EVENT_GRACE_MS = 1000; // how long an event may trail its command's answer
const SILENCE_MS = 15000; // longer than between two ticks: the machine has slept, or the cable is out
/** A connection that is back sooner is nobody's business, and what came late by less neither. */
export const BLIP_MS = 3000;

/**
 * The objects after some events.
 *
 * @param {Map<string, object>} objects before; left as it is
 * @param {...{changed?: object, deleted?: string[]}} events in their order
 * @returns {Map<string, object>} after
 */
export function apply(objects, ...events) {
  const after = new Map(objects);
  for (const event of events) {
    for (const [key, value] of Object.entries(event.changed ?? {})) after.set(key, value);
    for (const key of event.deleted ?? []) after.delete(key);
  }
  return after;
}

/** A random UUID, also where `crypto.randomUUID` is missing: plain http on an office network. */
export function requestId() {
  if (globalThis.crypto.randomUUID) return globalThis.crypto.randomUUID();
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The server refused a command: `code`, `message` in the reader's language, `current`, `errors`. */
export class Refusal extends Error {
  constructor({ code, message, current, errors }) {
    super(message || code);
    this.name = 'Refusal';
    this.code = code;
    this.current = current;
    this.errors = errors ?? [];
  }
}

/**
 * A meeting, live.
 *
 * Dispatches `change` (objects or commands changed), `state` (the connection changed),
 * `event` (`detail`: each event as applied), `refused` (`detail`: `{command, error}`), `missed`
 * (`detail`: `{events, more}`: what reached us late, and how many changes besides, where a
 * snapshot took the place of events) and `removed` (we may not see this meeting any more).
 */
export class Feed extends EventTarget {
  objects = new Map();
  revision = 0;
  loaded = false;
  /** 'connecting', 'live', 'offline', 'signed_out' or 'lost' */
  state = 'connecting';
  /** Server time minus ours, in milliseconds. */
  skew = 0;
  /** Commands that have no answer yet, oldest first: `{id, name, args, at, note}`. */
  pending = [];

  #types = new Map(); // type → its objects by key, and what was worked out from them
  #changes = 0;
  #meetingId;
  #account;
  #store;
  #fetch;
  #socket = null;
  #subscribed = false;
  #sending = false;
  #wanted = 0;
  #wantedAt = NaN; // the server's time when the revision that we want was there
  #away = null; // while out of touch: since when, from which revision, and what has come since
  #heardAt = Date.now();
  #catching = null;
  #poller = null;
  #wake = null;
  #closed = false;

  /**
   * @param {object} options
   * @param {number} options.meetingId
   * @param {number} options.account the account that the page was opened by: the server answers
   *   nobody else who has signed in on this browser since
   * @param {import('./store.js').Store} [options.store] keeps commands until they are answered;
   *   what it still holds is sent again. Without one they live as long as the page
   * @param {{revision: number, now: string, objects: object}} [options.snapshot] the meeting as it
   *   came with the page: it can be shown before there is a connection
   * @param {object} [options.socket] a Socket.IO client to use instead of our own
   * @param {typeof fetch} [options.fetch]
   */
  constructor({ meetingId, account, store = null, snapshot = null, socket = null, fetch = globalThis.fetch.bind(globalThis) }) {
    super();
    this.#meetingId = meetingId;
    this.#account = account;
    this.#store = store;
    this.#fetch = fetch;
    for (const command of store?.waiting ?? []) this.pending.push({ ...command, again: true });
    if (snapshot) {
      this.#clock(snapshot.now);
      this.#load(snapshot.revision, snapshot);
    }
    if (socket) this.#attach(socket);
    else this.#connect();
    globalThis.addEventListener?.('online', () => this.#kick());
    globalThis.document?.addEventListener('visibilitychange', () => {
      if (!globalThis.document.hidden) this.#kick();
    });
    // A server that takes the socket and then says nothing is no connection either.
    this.#poll(RETRY_MS);
    if (this.pending.length > 0) this.#drain();
  }

  /** The object under `type/id`, or undefined. */
  get(type, id) {
    return this.objects.get(`${type}/${id}`);
  }

  /** Every object of a type, in an array of the caller's own. */
  all(type) {
    return [...this.#of(type).found.values()];
  }

  /**
   * Every object of a type in an order: the same array until one of them changes, so that
   * what is worked out from it need not be worked out again. Not to be changed.
   *
   * @param {string} type
   * @param {(one: object, other: object) => number} compare the same function at each call
   */
  sorted(type, compare) {
    const { sorted } = this.#of(type);
    if (!sorted.has(compare)) sorted.set(compare, this.all(type).sort(compare));
    return sorted.get(compare);
  }

  /** A number that is another one after each change of an object of the type. */
  version(type) {
    return this.#of(type).version;
  }

  /** The meeting itself, or undefined while nothing is loaded. */
  get meeting() {
    return this.get('meeting', this.#meetingId);
  }

  /** The server's time now, in milliseconds. */
  now() {
    return Date.now() + this.skew;
  }

  /**
   * Ask the server to change the meeting.
   *
   * A command outlives lost connections: it is sent again, with the same request_id, until
   * there is an answer.
   *
   * @param {string} name for instance `agenda.advance`
   * @param {object} [args]
   * @param {*} [note] anything the page wants to find again on `pending` and `refused`
   * @returns {Promise<*>} the result, once our objects hold the change
   * @throws {Refusal} the server said no; never for trouble with the network
   */
  command(name, args = {}, note = null) {
    // Their times tell their order, also where the clock is set back meanwhile.
    const at = Math.max(Date.now(), ...this.pending.map((earlier) => earlier.at + 1));
    const command = { id: requestId(), name, args, note, at };
    const promise = new Promise((resolve, reject) => Object.assign(command, { resolve, reject }));
    promise.catch(() => {}); // who does not await it hears of a refusal through `refused`
    this.pending.push(command);
    this.#store?.keep(command);
    this.#changed();
    this.#drain();
    return promise;
  }

  /** Take one event: the next is applied, an old one ignored, a gap is filled first. */
  receive(event) {
    if (!this.loaded) {
      // It may be newer than the snapshot that is on its way.
      this.#wanted = Math.max(this.#wanted, event.revision);
      return Promise.resolve();
    }
    if (event.revision <= this.revision) return Promise.resolve();
    if (event.revision === this.revision + 1 && !this.#catching) {
      this.#take([event]);
      return Promise.resolve();
    }
    return this.#catchUp(event.revision, event.at);
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#poller);
    this.#wake?.();
    this.#socket?.disconnect();
  }

  // -- The socket ----------------------------------------------------------------------

  async #connect() {
    try {
      const { io } = await import(SOCKET_CLIENT);
      const auth = { account: this.#account };
      this.#attach(io({ auth, transports: ['websocket', 'polling'], reconnectionDelayMax: 4000 }));
    } catch {
      // Without the client we still see the meeting, every POLL_MS.
      this.#offline();
    }
  }

  #attach(socket) {
    this.#socket = socket;
    socket.on('connect', () => this.#subscribe());
    socket.on('event', (event) => this.#mine(event) && this.receive(event));
    socket.on('tick', (tick) => this.#mine(tick) && this.#tick(tick));
    socket.on('presence', (detail) => this.#mine(detail) && this.dispatchEvent(new CustomEvent('presence', { detail })));
    // Our role has changed, or is gone: what we hold may be more or less than we may see.
    socket.on('resubscribe', (which) => this.#mine(which) && this.#subscribe(true));
    socket.on('disconnect', () => this.#offline());
    socket.on('connect_error', (error) => {
      if (error?.message === 'unauthenticated') this.#become('signed_out');
      this.#offline();
    });
    if (socket.connected) this.#subscribe();
  }

  #mine(message) {
    this.#heardAt = Date.now();
    return String(message.meeting_id) === String(this.#meetingId);
  }

  #tick({ revision, now }) {
    this.#clock(now);
    if (this.loaded && revision > this.revision) this.#catchUp(revision, now);
  }

  #clock(now) {
    const at = Date.parse(now);
    if (!Number.isNaN(at)) this.skew = at - Date.now();
  }

  async #subscribe(anew = false) {
    const request = { meeting_id: this.#meetingId };
    if (this.loaded && !anew) request.after = this.revision;
    let answer;
    try {
      answer = await this.#socket.timeout(ANSWER_MS).emitWithAck('subscribe', request);
    } catch {
      // No answer: start the connection afresh.
      if (this.#socket.connected && !this.#closed) this.#socket.disconnect().connect();
      return;
    }
    if (!answer.ok) {
      this.#refusedEntry(answer.error?.code);
      return;
    }
    this.#heardAt = Date.now();
    if (answer.now) this.#clock(answer.now);
    if (answer.snapshot) this.#load(answer.snapshot.revision ?? answer.revision, answer.snapshot);
    else this.#take(answer.events ?? []);
    this.#subscribed = true;
    clearTimeout(this.#poller);
    this.#poller = null;
    this.#become('live');
    if (this.revision < Math.max(answer.revision, this.#wanted)) this.#catchUp(answer.revision);
    this.#wake?.();
    this.#drain();
  }

  #offline() {
    this.#subscribed = false;
    if (this.#closed || this.state === 'lost') return;
    if (this.state !== 'signed_out') this.#become('offline');
    if (!this.#poller) this.#poll(RETRY_MS);
  }

  // While there is no socket: look every POLL_MS, and start the socket again if the server
  // had closed it (then the client does not do so by itself).
  #poll(delay = POLL_MS) {
    clearTimeout(this.#poller);
    this.#poller = setTimeout(async () => {
      if (this.#closed || this.#subscribed) return;
      if (this.#socket && !this.#socket.active) this.#socket.connect();
      await this.#catchUp(this.revision + 1);
      if (!this.#closed && !this.#subscribed && this.state !== 'lost') this.#poll();
    }, delay);
  }

  // The network or the page is back: do not wait for the timers.
  #kick() {
    if (this.#closed || this.#subscribed || this.state === 'lost') return;
    // (While it waits between two attempts, `connect` alone would change nothing.)
    if (this.#socket && !this.#socket.connected) this.#socket.disconnect().connect();
    clearTimeout(this.#poller);
    this.#poll(0);
    this.#wake?.();
  }

  #become(state) {
    if (this.state === state) return;
    if (this.state === 'live' && this.loaded) {
      const silent = Date.now() - this.#heardAt > SILENCE_MS;
      this.#away = { since: silent ? this.#heardAt : Date.now(), revision: this.revision, events: [] };
    }
    this.state = state;
    if (state === 'live') this.#back();
    this.dispatchEvent(new CustomEvent('state', { detail: state }));
    if (state === 'lost') this.dispatchEvent(new CustomEvent('removed'));
    this.#changed();
  }

  // In touch again: tell what has happened meanwhile.
  #back() {
    const away = this.#away;
    this.#away = null;
    if (away && Date.now() - away.since >= BLIP_MS) this.#tellMissed(away);
  }

  #tellMissed({ revision, events }) {
    const more = this.revision - revision - events.length;
    if (events.length + more === 0) return;
    this.dispatchEvent(new CustomEvent('missed', { detail: { events, more } }));
  }

  #refusedEntry(code) {
    if (code === 'unauthenticated') {
      this.#become('signed_out');
      this.#offline();
    } else if (code === 'forbidden' || code === 'not_found') {
      this.#replace({});
      this.#become('lost');
      this.close();
    } else {
      this.#offline();
    }
  }

  // -- The objects ---------------------------------------------------------------------

  #of(type) {
    if (!this.#types.has(type)) {
      this.#types.set(type, { found: new Map(), version: this.#changes, sorted: new Map() });
    }
    return this.#types.get(type);
  }

  // Set an object, or delete it where there is no value.
  #put(key, value) {
    const of = this.#of(key.slice(0, key.indexOf('/')));
    for (const objects of [this.objects, of.found]) {
      if (value === undefined) objects.delete(key);
      else objects.set(key, value);
    }
    of.version = this.#changes += 1;
    of.sorted.clear();
  }

  #replace(objects) {
    this.objects = new Map();
    this.#types.clear();
    this.#changes += 1;
    for (const [key, value] of Object.entries(objects)) this.#put(key, value);
  }

  #load(revision, snapshot) {
    // A snapshot that was overtaken by events must not take us back.
    if (this.loaded && revision < this.revision) return;
    this.#replace(snapshot.objects ?? snapshot);
    this.revision = revision;
    this.loaded = true;
    this.#settle();
    this.#changed();
  }

  // Apply the events that continue our revision; leave the others.
  #take(events) {
    const next = [];
    for (const event of events) {
      if (event.revision === this.revision + next.length + 1) next.push(event);
    }
    if (next.length === 0) return;
    // What `apply` says, in place: a copy for each event would be a thousand objects long.
    for (const event of next) {
      for (const [key, value] of Object.entries(event.changed ?? {})) this.#put(key, value);
      for (const key of event.deleted ?? []) this.#put(key);
    }
    this.revision += next.length;
    this.#away?.events.push(...next);
    for (const event of next) {
      this.#heard(event);
      this.dispatchEvent(new CustomEvent('event', { detail: event }));
    }
    this.#settle();
    this.#changed();
  }

  // One fetch at a time; whoever comes meanwhile only raises the mark.
  #catchUp(revision, at) {
    this.#wanted = Math.max(this.#wanted, revision);
    this.#wantedAt = Date.parse(at);
    this.#catching ??= this.#fill().finally(() => {
      this.#catching = null;
    });
    return this.#catching;
  }

  async #fill() {
    let there = 0;
    // A gap in a connection that stands: what fills it was missed, too, where it comes late.
    const gap = !this.#away && this.loaded && { revision: this.revision, events: [] };
    do {
      const before = this.revision;
      const path = this.loaded ? `events?after=${before}` : 'snapshot';
      const { body } = await this.#http(path);
      if (!body || body.code) {
        this.#wanted = 0;
        if (LOST.includes(body?.code)) this.#refusedEntry(body.code);
        else if (body) await this.#reload();
        else if (!this.#subscribed) this.#become('offline');
        return;
      }
      if (body.objects) this.#load(body.revision, body);
      else this.#take(body.events ?? []);
      if (gap) gap.events.push(...(body.events ?? []).filter((event) => event.revision > before));
      there = Math.max(this.#wanted, body.revision);
      if (this.revision === before) {
        if (this.revision < body.revision) await this.#reload();
        break;
      }
    } while (this.revision < there);
    this.#wanted = 0;
    if (gap && this.#wantedAt - Date.parse(gap.events[0]?.at) >= BLIP_MS) this.#tellMissed(gap);
    if (!this.#subscribed && this.state !== 'lost') this.#become('live');
    this.#wake?.();
  }

  // The events do not lead on from where we are: take everything anew.
  async #reload() {
    const { body } = await this.#http('snapshot');
    if (body?.objects) this.#load(body.revision, body);
  }

  async #http(path, body = null) {
    try {
      const headers = { Accept: 'application/json', 'X-Account': String(this.#account) };
      if (body) headers['Content-Type'] = 'application/json';
      const response = await this.#fetch(`/api/v1/meetings/${this.#meetingId}/${path}`, {
        method: body ? 'POST' : 'GET',
        headers,
        body: body ? JSON.stringify(body) : undefined,
        credentials: 'same-origin',
        cache: 'no-store',
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const answer = await response.json();
      this.#heardAt = Date.now();
      return { status: response.status, body: answer };
    } catch {
      return { status: 0, body: null };
    }
  }

  // -- The commands --------------------------------------------------------------------

  // One at a time, so that what was said first is also recorded first.
  async #drain() {
    if (this.#sending) return;
    this.#sending = true;
    try {
      let next;
      while (!this.#closed && (next = this.pending.find((command) => !command.answer))) {
        const alone = !this.#subscribed;
        if (next.again && (await this.#doneElsewhere(next))) continue;
        next.asking = true;
        const answer = await this.#send(next);
        next.asking = false;
        next.again = true;
        if (next.heard) next.resolve?.(answer?.result);
        else if (answer) this.#answered(next, answer);
        // Not where the socket has come back meanwhile: then it is asked at once.
        else if (!(alone && this.#subscribed)) await this.#pause();
      }
    } finally {
      this.#sending = false;
    }
  }

  // Whether another window of the reader, which held the same command, has had its answer.
  async #doneElsewhere(command) {
    if (!this.#store || (await this.#store.has(command.id))) return false;
    this.#drop(command);
    command.resolve?.();
    this.#changed();
    return true;
  }

  // The server's answer, or null where there is none yet.
  async #send({ id, name, args }) {
    let answer = null;
    if (this.#subscribed && JSON.stringify(args).length < LARGE) {
      const request = { meeting_id: this.#meetingId, name, request_id: id, args };
      try {
        answer = await this.#socket.timeout(ANSWER_MS).emitWithAck('command', request);
      } catch {
        // Perhaps it arrived, perhaps not: the same request_id makes asking again harmless.
      }
    }
    if (!answer) {
      const { status, body } = await this.#http('commands', { name, request_id: id, args });
      if (!body || status >= 502) return null;
      answer = status < 400 && body.ok !== false ? { ok: true, ...body } : { ok: false, error: problem(body) };
    }
    if (answer.ok) return answer;
    if (answer.error?.code === 'unauthenticated') {
      this.#become('signed_out');
      return null;
    }
    return answer.error?.code === 'rate_limited' ? null : answer;
  }

  #pause() {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, RETRY_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #answered(command, answer) {
    command.answer = answer;
    if (this.state === 'signed_out') this.#become(this.#subscribed ? 'live' : 'offline');
    if (!answer.ok) {
      const error = new Refusal(answer.error ?? { code: 'invalid' });
      this.#drop(command);
      const listener = command.reject;
      this.dispatchEvent(new CustomEvent('refused', { detail: { command, error } }));
      listener?.(error);
      this.#changed();
    }
    // Not before those who hear of a refusal have made a draft of it.
    this.#store?.forget(command.id);
    if (!answer.ok) return;
    if (answer.revision > this.revision) {
      setTimeout(() => {
        if (!this.#closed && answer.revision > this.revision) this.#catchUp(answer.revision);
      }, EVENT_GRACE_MS);
    } else {
      this.#settle();
      this.#changed();
    }
  }

  // The event of our own command may come before its answer: from here on our objects show
  // what it did, and it no longer waits.
  #heard(event) {
    const command = event.request_id && this.pending.find(({ id }) => id === event.request_id);
    if (!command) return;
    command.heard = true;
    this.#store?.forget(command.id);
    this.#drop(command);
    // Between two attempts, or after its answer, nobody else tells whoever waits for it.
    if (!command.asking) command.resolve?.(command.answer?.result);
  }

  // A command is over when our objects show what it did: its line never flickers.
  #settle() {
    for (const command of [...this.pending]) {
      if (!command.answer?.ok || command.answer.revision > this.revision) continue;
      this.#drop(command);
      command.resolve?.(command.answer.result);
    }
  }

  #drop(command) {
    this.pending = this.pending.filter((other) => other !== command);
  }

  #changed() {
    this.dispatchEvent(new CustomEvent('change'));
  }
}

// Problem details (RFC 9457) in the form of the socket's errors.
function problem(body) {
  const error = body.error ?? body;
  return {
    code: error.code ?? 'invalid',
    message: error.message ?? error.detail ?? error.title,
    current: error.current,
    errors: error.errors,
  };
}

// The feed client against a server that we play ourselves: order, gaps, repeats, lost
// connections. Run with: node --test tests/js/

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { apply, Feed, requestId } from '../../static/js/feed.js';

const event = (revision, changed = {}, deleted = []) => ({ meeting_id: 1, revision, changed, deleted });
const turn = (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A Socket.IO client whose server is `answers`: by event name, what it acknowledges. */
class Socket {
  connected = false;
  active = true;
  sent = [];
  handlers = new Map();
  answers = {
    subscribe: () => ({
      ok: true,
      revision: 1,
      snapshot: { revision: 1, objects: { 'meeting/1': { id: 1, state: 'live' } } },
    }),
  };

  on(name, handler) {
    this.handlers.set(name, handler);
  }

  timeout() {
    return this;
  }

  async emitWithAck(name, data) {
    this.sent.push([name, data]);
    const answer = await this.answers[name]?.(data);
    if (!answer) throw new Error('no answer in time');
    return answer;
  }

  connect() {
    this.connected = true;
    this.handlers.get('connect')();
    return this;
  }

  disconnect() {
    this.connected = false;
    return this;
  }

  receive(name, data) {
    this.handlers.get(name)(data);
  }
}

let socket;
let feed;
let asked;
let http;

function open(options = {}) {
  feed = new Feed({ meetingId: 1, socket, fetch: (...request) => http(...request), ...options });
  return feed;
}

const answer = (body, status = 200) => ({ status, json: async () => body });

beforeEach(() => {
  socket = new Socket();
  asked = [];
  http = async (path) => {
    asked.push(path);
    throw new TypeError('no network');
  };
});

afterEach(() => feed?.close());

test('apply sets and deletes whole objects and leaves what it was given', () => {
  const before = new Map([['entry/1', { text: 'a', kind: 'note' }], ['entry/2', {}]]);
  const after = apply(before, event(2, { 'entry/1': { text: 'b' } }), event(3, {}, ['entry/2']));
  assert.deepEqual([...after], [['entry/1', { text: 'b' }]]);
  assert.equal(before.size, 2);
});

test('apply twice is the same as once', () => {
  const one = event(2, { 'entry/1': { text: 'b' } }, ['entry/2']);
  const before = new Map([['entry/2', {}]]);
  assert.deepEqual(apply(apply(before, one), one), apply(before, one));
});

test('the snapshot of the subscription is taken, and the next event applied', async () => {
  open();
  socket.connect();
  await turn();
  assert.equal(feed.state, 'live');
  socket.receive('event', event(2, { 'entry/1': { text: 'a' } }));
  assert.equal(feed.revision, 2);
  assert.equal(feed.get('entry', 1).text, 'a');
});

test('an old event is ignored, and one of another meeting too', async () => {
  open();
  socket.connect();
  await turn();
  socket.receive('event', event(2, { 'entry/1': { text: 'new' } }));
  socket.receive('event', event(1, { 'entry/1': { text: 'old' } }));
  socket.receive('event', { ...event(3, { 'entry/1': { text: 'other' } }), meeting_id: 2 });
  assert.equal(feed.get('entry', 1).text, 'new');
  assert.equal(feed.revision, 2);
});

test('a gap is filled in order before anything newer is applied', async () => {
  http = async (path) => {
    asked.push(path);
    return answer({ revision: 4, events: [2, 3, 4].map((n) => event(n, { 'entry/1': { text: `v${n}` } })) });
  };
  open();
  socket.connect();
  await turn();
  const seen = [];
  feed.addEventListener('event', ({ detail }) => seen.push(detail.revision));
  socket.receive('event', event(4, { 'entry/1': { text: 'v4' } }));
  socket.receive('event', event(3, { 'entry/1': { text: 'v3' } }));
  await turn(5);
  assert.deepEqual(seen, [2, 3, 4]);
  assert.deepEqual(asked, ['/api/v1/meetings/1/events?after=1']);
  assert.equal(feed.get('entry', 1).text, 'v4');
});

test('events come in portions: ask until the revision is reached', async () => {
  http = async (path) => {
    const after = Number(path.split('after=')[1]);
    return answer({ revision: 5, events: [event(after + 1), event(after + 2)] });
  };
  open();
  socket.connect();
  await turn();
  socket.receive('tick', { meeting_id: 1, revision: 5, now: '2026-01-01T08:00:00+07:00' });
  await turn(5);
  assert.equal(feed.revision, 5);
});

test('events that do not lead on are replaced by a snapshot', async () => {
  http = async (path) =>
    path.endsWith('snapshot')
      ? answer({ revision: 9, objects: { 'entry/7': { text: 'whole' } } })
      : answer({ revision: 9, events: [event(8), event(9)] });
  open();
  socket.connect();
  await turn();
  socket.receive('event', event(9));
  await turn(5);
  assert.equal(feed.revision, 9);
  assert.equal(feed.get('entry', 7).text, 'whole');
});

test('a tick tells the difference of the clocks', async () => {
  open();
  socket.connect();
  await turn();
  const now = new Date(Date.now() + 90_000).toISOString();
  socket.receive('tick', { meeting_id: 1, revision: 1, now });
  assert.ok(Math.abs(feed.skew - 90_000) < 1000);
});

test('after a reconnection only what was missed is asked for', async () => {
  open();
  socket.connect();
  await turn();
  socket.answers.subscribe = () => ({ ok: true, revision: 3, events: [event(2), event(3)] });
  socket.receive('disconnect');
  assert.equal(feed.state, 'offline');
  socket.connect();
  await turn();
  assert.deepEqual(socket.sent.at(-1), ['subscribe', { meeting_id: 1, after: 1 }]);
  assert.equal(feed.revision, 3);
  assert.equal(feed.state, 'live');
});

test('who is told to subscribe anew takes a snapshot of what they may see now', async () => {
  open();
  socket.connect();
  await turn();
  socket.receive('resubscribe', { meeting_id: 1 });
  await turn();
  assert.deepEqual(socket.sent.at(-1), ['subscribe', { meeting_id: 1 }]);
});

test('a command resolves with its result once our objects hold the change', async () => {
  socket.answers.command = () => ({ ok: true, revision: 2, result: { id: 5 } });
  open();
  socket.connect();
  await turn();
  let result;
  feed.command('discussion.add', { text: 'a' }).then((value) => (result = value));
  await turn();
  assert.equal(result, undefined);
  assert.equal(feed.pending.length, 1);
  socket.receive('event', event(2, { 'entry/5': { id: 5 } }));
  await turn();
  assert.deepEqual(result, { id: 5 });
  assert.equal(feed.pending.length, 0);
});

test('a refusal rejects with its code, its words and the present state', async () => {
  const error = { code: 'conflict', message: 'Đã đổi.', current: { text: 'b' } };
  socket.answers.command = () => ({ ok: false, error });
  open();
  socket.connect();
  await turn();
  let refused;
  feed.addEventListener('refused', ({ detail }) => (refused = detail));
  await assert.rejects(feed.command('discussion.update', { entry_id: 1 }), {
    code: 'conflict',
    message: 'Đã đổi.',
    current: { text: 'b' },
  });
  assert.equal(refused.command.args.entry_id, 1);
  assert.equal(feed.pending.length, 0);
});

test('no answer: the same request_id goes over HTTP', async () => {
  let body;
  http = async (path, options) => {
    body = JSON.parse(options.body);
    return answer({ ok: true, revision: 1, result: 'done' });
  };
  open();
  socket.connect();
  await turn();
  assert.equal(await feed.command('agenda.advance', { from_item: null }), 'done');
  const [, overSocket] = socket.sent.at(-1);
  assert.equal(body.request_id, overSocket.request_id);
  assert.deepEqual(body.args, { from_item: null });
});

test('problem details over HTTP are a refusal too', async () => {
  http = async () => answer({ code: 'forbidden', title: 'Không được', detail: 'Không có quyền.' }, 403);
  open();
  await assert.rejects(feed.command('meeting.open'), { code: 'forbidden', message: 'Không có quyền.' });
});

test('trouble with the network never rejects; order is kept until it is back', async () => {
  open();
  let settled = false;
  feed.command('discussion.add', { text: 'một' }).finally(() => (settled = true));
  feed.command('discussion.add', { text: 'hai' });
  await turn(5);
  assert.equal(settled, false);
  assert.deepEqual(feed.pending.map((command) => command.args.text), ['một', 'hai']);
  let revision = 1;
  socket.answers.command = () => ({ ok: true, revision, result: null });
  socket.connect();
  await turn(5);
  const sent = socket.sent.filter(([name]) => name === 'command').map(([, data]) => data.args.text);
  assert.deepEqual(sent, ['một', 'hai']);
  assert.equal(feed.pending.length, 0);
});

test('too many at once waits instead of losing', async () => {
  socket.answers.command = () => ({ ok: false, error: { code: 'rate_limited', message: 'Chậm lại.' } });
  open();
  socket.connect();
  await turn();
  feed.command('discussion.add', { text: 'a' });
  await turn(5);
  assert.equal(feed.pending.length, 1);
});

test('who may not see the meeting is told once, and nothing stays', async () => {
  socket.answers.subscribe = () => ({ ok: false, error: { code: 'not_found' } });
  open();
  let removed = 0;
  feed.addEventListener('removed', () => (removed += 1));
  socket.connect();
  await turn();
  assert.equal(feed.state, 'lost');
  assert.equal(removed, 1);
  assert.equal(feed.objects.size, 0);
});

test('an ended session is not the end of what was typed', async () => {
  socket.answers.command = () => ({ ok: false, error: { code: 'unauthenticated' } });
  open();
  socket.connect();
  await turn();
  feed.command('discussion.add', { text: 'a' });
  await turn();
  assert.equal(feed.state, 'signed_out');
  assert.equal(feed.pending.length, 1);
});

/** A store as a page finds it; what it keeps is there for the next page. */
class Kept {
  reader = 7;
  rows = new Map();
  said = [];

  get waiting() {
    return [...this.rows.values()];
  }

  keep({ id, name, args, note, at }) {
    this.rows.set(id, { id, name, args, note, at });
  }

  async forget(id) {
    this.said.push(`forget ${id}`);
    this.rows.delete(id);
  }

  async has(id) {
    return this.rows.has(id);
  }
}

// A server that knows who is signed in, and whose page asks (X-Account).
const signedInAs = (account) => async (path, { headers, body }) => {
  asked.push(path);
  if (headers['X-Account'] !== String(account)) {
    return answer({ type: 'about:blank', code: 'unauthenticated', status: 401 }, 401);
  }
  if (path.endsWith('/commands')) return answer({ ok: true, revision: 1, result: JSON.parse(body).request_id });
  throw new TypeError('no network');
};

test('unanswered commands outlive a reload under their own request_id, in their order', async () => {
  const store = new Kept();
  open({ store });
  feed.command('discussion.add', { text: 'một' });
  feed.command('discussion.add', { text: 'hai' });
  const ids = feed.pending.map(({ id }) => id);
  assert.ok(feed.pending[0].at < feed.pending[1].at);
  feed.close();
  asked = [];
  socket = new Socket();
  socket.answers.command = () => ({ ok: true, revision: 1, result: null });
  http = signedInAs(7);
  open({ store, account: 7 });
  feed.command('discussion.add', { text: 'ba' });
  socket.connect();
  await turn(10);
  const sent = socket.sent.filter(([name]) => name === 'command').map(([, data]) => data);
  // Without a socket yet, the first went over HTTP: the same id, and no other in between.
  const over = asked.filter((path) => path.endsWith('/commands')).length;
  assert.equal(over + sent.length, 3);
  assert.deepEqual(sent.slice(0, 2 - over).map(({ request_id }) => request_id), ids.slice(over));
  assert.equal(sent.at(-1).args.text, 'ba');
  assert.equal(store.rows.size, 0);
});

test('what another window has finished is not sent again', async () => {
  const store = new Kept();
  store.keep({ id: 'a', name: 'discussion.add', args: { text: 'xong' }, at: 1 });
  store.keep({ id: 'b', name: 'discussion.add', args: { text: 'còn' }, at: 2 });
  http = signedInAs(7);
  open({ store, account: 7 });
  store.rows.delete('a');
  socket.answers.command = () => ({ ok: true, revision: 1, result: null });
  socket.connect();
  await turn(10);
  const texts = socket.sent.filter(([name]) => name === 'command').map(([, { args }]) => args.text);
  assert.ok(!texts.includes('xong'));
  assert.equal(feed.pending.length, 0);
});

test('nothing is sent in the name of another account of the browser', async () => {
  const store = new Kept();
  store.keep({ id: 'a', name: 'discussion.add', args: { text: 'của người bảy' }, at: 1 });
  http = signedInAs(8);
  open({ store, account: 7 });
  socket.receive('connect_error', new Error('unauthenticated'));
  await turn(10);
  assert.equal(feed.state, 'signed_out');
  assert.equal(feed.loaded, false);
  assert.deepEqual(socket.sent, []);
  assert.ok(store.rows.has('a'));
  // Its reader is back.
  http = signedInAs(7);
  socket.connect();
  await turn(10);
  assert.equal(feed.pending.length, 0);
  assert.equal(store.rows.size, 0);
});

test('an event that overtakes the first snapshot is fetched', async () => {
  open();
  socket.answers.subscribe = () => {
    socket.receive('event', { meeting_id: 1, revision: 3, changed: {}, deleted: [] });
    return { ok: true, revision: 2, snapshot: { revision: 2, objects: {} } };
  };
  http = async (path) => {
    asked.push(path);
    return answer({ revision: 3, events: [{ revision: 3, changed: { 'entry/1': { id: 1 } }, deleted: [] }] });
  };
  socket.connect();
  await turn(10);
  assert.equal(feed.revision, 3);
  assert.deepEqual(feed.get('entry', 1), { id: 1 });
});

test('a refusal is forgotten only after its text has been taken over', async () => {
  const store = new Kept();
  socket.answers.command = () => ({ ok: false, error: { code: 'invalid', message: 'Không.' } });
  open({ store });
  socket.connect();
  await turn();
  feed.addEventListener('refused', ({ detail }) => store.said.push(`draft ${detail.command.id}`));
  feed.command('discussion.add', { text: 'a' });
  const [{ id }] = feed.pending;
  await turn(5);
  assert.deepEqual(store.said, [`draft ${id}`, `forget ${id}`]);
});

test('request ids are UUIDs, also without crypto.randomUUID', () => {
  const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  assert.match(requestId(), shape);
  const own = globalThis.crypto.randomUUID;
  Object.defineProperty(globalThis.crypto, 'randomUUID', { value: undefined, configurable: true });
  try {
    assert.match(requestId(), shape);
  } finally {
    Object.defineProperty(globalThis.crypto, 'randomUUID', { value: own, configurable: true });
  }
});

test('the event of our own command ends its waiting before the answer comes', async () => {
  const shown = [];
  open();
  socket.connect();
  await turn();
  feed.addEventListener('change', () => {
    shown.push([feed.objects.has('entry/5'), feed.pending.length]);
  });
  let acknowledge;
  socket.answers.command = () => new Promise((resolve) => (acknowledge = resolve));
  const result = feed.command('discussion.add', { text: 'a' });
  await turn();
  const [, { request_id }] = socket.sent.at(-1);
  socket.receive('event', { ...event(2, { 'entry/5': { id: 5 } }), request_id });
  assert.equal(feed.pending.length, 0);
  acknowledge({ ok: true, revision: 2, result: { id: 5 } });
  assert.deepEqual(await result, { id: 5 });
  assert.ok(shown.every(([there, waiting]) => !there || waiting === 0), 'never both at once');
});

test('who waits for a command hears of it where the answer comes before the event', async () => {
  open();
  socket.connect();
  await turn();
  socket.answers.command = () => ({ ok: true, revision: 2, result: { id: 5 } });
  const result = feed.command('document.save', { text: 'a' });
  await turn();
  const [, { request_id }] = socket.sent.at(-1);
  socket.receive('event', { ...event(2, { 'document/5': { id: 5 } }), request_id });
  assert.deepEqual(await result, { id: 5 });
});

test('who waits for a command hears of it where its answer was lost', async () => {
  open();
  socket.connect();
  await turn();
  // Neither the socket nor HTTP answers: it waits for the next attempt.
  const result = feed.command('document.save', { text: 'a' });
  await turn();
  const [, { request_id }] = socket.sent.at(-1);
  socket.receive('event', { ...event(2, { 'document/5': { id: 5 } }), request_id });
  assert.equal(await result, undefined);
  assert.equal(feed.pending.length, 0);
});

// -- What was missed -----------------------------------------------------------------------

const at = (second) => new Date(Date.UTC(2026, 0, 1, 1, 0, second)).toISOString();

/** The feed away for some milliseconds; what it says was missed when it is back. */
async function returned(t, milliseconds, answer) {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  open();
  socket.connect();
  await turn();
  const missed = [];
  feed.addEventListener('missed', ({ detail }) => missed.push(detail));
  socket.receive('disconnect');
  t.mock.timers.setTime(1_000_000 + milliseconds);
  socket.answers.subscribe = () => answer;
  socket.connect();
  await turn();
  assert.equal(feed.state, 'live');
  return missed;
}

test('what came while we were away is told once we are back', async (t) => {
  const events = [event(2, { 'entry/1': { text: 'a' } }), event(3)];
  const missed = await returned(t, 3000, { ok: true, revision: 3, events });
  assert.deepEqual(missed, [{ events, more: 0 }]);
});

test('a snapshot in place of the events is told by its number', async (t) => {
  const snapshot = { revision: 901, objects: {} };
  const missed = await returned(t, 60_000, { ok: true, revision: 901, snapshot });
  assert.deepEqual(missed, [{ events: [], more: 900 }]);
});

test('a blip is not told, nor an absence in which nothing happened', async (t) => {
  assert.deepEqual(await returned(t, 2999, { ok: true, revision: 2, events: [event(2)] }), []);
  feed.close();
  socket = new Socket();
  t.mock.timers.reset();
  assert.deepEqual(await returned(t, 3000, { ok: true, revision: 1, events: [] }), []);
});

test('a gap in a connection that stands is told where it was filled late', async () => {
  for (const [seconds, told] of [[2, 0], [4, 1]]) {
    socket = new Socket();
    const late = { ...event(2, { 'entry/1': {} }), at: at(0) };
    http = async () => answer({ revision: 2, events: [late] });
    open();
    socket.connect();
    await turn();
    let missed = 0;
    feed.addEventListener('missed', ({ detail }) => (missed += detail.events.length));
    socket.receive('tick', { meeting_id: 1, revision: 2, now: at(seconds) });
    await turn(5);
    assert.equal(feed.revision, 2);
    assert.equal(missed, told);
    feed.close();
  }
});

// -- Whatever the network does -------------------------------------------------------------

/** A generator of random numbers below `n` that says the same for the same seed. */
function dice(seed) {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

test('events lost, doubled, reordered and delayed end in the objects of the log', async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const roll = dice(seed);
    const log = Array.from({ length: 40 }, (_, index) => {
      const key = `entry/${roll(8)}`;
      const revision = index + 2;
      return roll(5) === 0 ? event(revision, {}, [key]) : event(revision, { [key]: { revision } });
    });
    socket = new Socket();
    let there = 1; // the revision that the server has reached
    const upTo = (revision) => log.slice(0, revision - 1);
    const whole = () => Object.fromEntries(apply(new Map(), ...upTo(there)));
    socket.answers.subscribe = ({ after }) =>
      after && roll(3) > 0
        ? { ok: true, revision: there, events: upTo(there).slice(after - 1) }
        : { ok: true, revision: there, snapshot: { revision: there, objects: whole() } };
    http = async (path) => {
      if (roll(4) === 0) throw new TypeError('no network');
      const seen = there;
      const objects = whole();
      await turn(roll(2));
      if (path.endsWith('snapshot')) return answer({ revision: seen, objects });
      const after = Number(path.split('after=')[1]);
      return answer({ revision: seen, events: upTo(seen).slice(after - 1, after + 4) });
    };
    open();
    socket.connect();
    await turn();
    const late = [];
    while (there < log.length + 1) {
      there += 1;
      const next = log[there - 2];
      const fate = roll(6);
      if (fate === 0) late.push(next);
      else if (fate > 1) socket.receive('event', next);
      if (fate === 5) socket.receive('event', next);
      if (late.length > 0 && roll(3) === 0) socket.receive('event', late.splice(roll(late.length), 1)[0]);
      if (roll(9) === 0) {
        socket.receive('disconnect');
        socket.connect();
      }
      if (roll(3) === 0) await turn();
    }
    for (let ticks = 0; feed.revision < there && ticks < 50; ticks += 1) {
      socket.receive('tick', { meeting_id: 1, revision: there, now: at(0) });
      await turn(1);
    }
    assert.equal(feed.revision, there, `seed ${seed}`);
    const sorted = (pairs) => [...pairs].sort(([one], [other]) => one.localeCompare(other));
    assert.deepEqual(sorted(feed.objects), sorted(Object.entries(whole())), `seed ${seed}`);
    const byType = feed.all('entry').map((entry) => entry.revision).sort((a, b) => a - b);
    assert.deepEqual(byType, [...feed.objects.values()].map((o) => o.revision).sort((a, b) => a - b));
    feed.close();
  }
});

test('a meeting that came with the page stands at once, and only what is later is asked for', async () => {
  const later = event(8, { 'meeting/1': { id: 1, state: 'closed' } });
  socket.answers.subscribe = () => ({ ok: true, revision: 8, events: [later] });
  const now = new Date(Date.now() + 60_000).toISOString();
  open({ snapshot: { now, revision: 7, objects: { 'meeting/1': { id: 1, state: 'live' } } } });
  assert.deepEqual([feed.loaded, feed.revision, feed.meeting.state], [true, 7, 'live']);
  assert.ok(Math.abs(feed.skew - 60_000) < 1000);
  socket.connect();
  await turn();
  assert.deepEqual(socket.sent[0], ['subscribe', { meeting_id: 1, after: 7 }]);
  assert.deepEqual([feed.revision, feed.meeting.state], [8, 'closed']);
});

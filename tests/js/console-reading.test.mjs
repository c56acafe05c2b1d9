// When the server is asked what it understands of a directive, and whose answer counts.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

const listeners = {};
globalThis.document = {
  documentElement: { lang: 'vi' },
  addEventListener: (name, act) => {
    listeners[name] = act;
  },
};
// A clock that stands still until it is told to go on.
let present = 0;
const waiting = new Map();
globalThis.setTimeout = (act, delay) => {
  waiting.set(act, present + delay);
  return act;
};
globalThis.clearTimeout = (act) => waiting.delete(act);
function pass(milliseconds) {
  present += milliseconds;
  for (const [act, at] of waiting) {
    if (at <= present && waiting.delete(act)) act();
  }
}

const { answerTo, followReading, isoDay, isRead, read } = await import('../../static/js/console-reading.js');

let asked; // {text, date, reply, signal}, in their order
let drawn;
const c = {
  me: { account_id: 2 },
  feed: { state: 'live', addEventListener: (name, act) => { listeners[name] = act; } },
  update: () => { drawn += 1; },
};
const settled = () => new Promise((resolve) => { setImmediate(resolve); });
const line = (text) => read(c, [{ key: 'line', text, on: '2026-03-02' }]);

globalThis.fetch = (_address, { body, signal, headers }) =>
  new Promise((resolve, reject) => {
    const reply = (answer) => resolve({ ok: answer !== null, json: async () => answer });
    asked.push({ ...JSON.parse(body), headers, signal, reply, fail: () => reject(new TypeError('no network')) });
  });

beforeEach(() => {
  asked = [];
  drawn = 0;
  c.feed.state = 'live';
  read(c, []);
});

test('it is asked at a pause, and the newest answer counts', async () => {
  line('Giao Phòng');
  pass(249);
  line('Giao Phòng TC-KH ');
  pass(249);
  assert.equal(asked.length, 0);
  pass(1);
  line('Giao Phòng TC-KH'); // the same words
  pass(1000);
  assert.deepEqual(asked.map(({ text, date }) => [text, date]), [['Giao Phòng TC-KH', '2026-03-02']]);
  assert.equal(asked[0].headers['X-Account'], '2');

  line('Giao Phòng TC-KH rà soát.');
  pass(250);
  assert.ok(asked[0].signal.aborted);
  asked[1].reply({ text: 'newer' });
  asked[0].reply({ text: 'older' });
  await settled();
  assert.deepEqual([answerTo('line'), drawn], [{ text: 'newer' }, 1]);
  assert.ok(isRead('line', 'Giao Phòng TC-KH rà soát. '));
  assert.ok(!isRead('line', 'Giao Phòng TC-KH'));
  // What is given, or no directive any more, is forgotten.
  line('  ');
  assert.equal(answerTo('line'), null);
});

test('nothing is asked while an input method is at work, nor without a connection', async () => {
  let text = 'Giao xa';
  followReading(c, () => line(text));
  listeners.compositionstart();
  line(text);
  pass(1000);
  assert.equal(asked.length, 0);
  text = 'Giao xã';
  listeners.compositionend();
  pass(250);
  assert.deepEqual(asked.map((one) => one.text), ['Giao xã']);

  // An attempt that fails is quiet; it is asked anew when the connection is back.
  asked[0].fail();
  await settled();
  c.feed.state = 'offline';
  line(text);
  pass(1000);
  assert.equal(asked.length, 1);
  c.feed.state = 'live';
  listeners.state();
  pass(250);
  asked[1].reply({ text });
  await settled();
  assert.deepEqual(answerTo('line'), { text });
  // A refusal, too: what was understood before still stands.
  line('Giao xã rà soát');
  pass(250);
  asked[2].reply(null);
  await settled();
  assert.deepEqual(answerTo('line'), { text });
});

test('a day is that of Vietnam', () => {
  assert.equal(isoDay('2026-03-01T17:30:00Z'), '2026-03-02');
});

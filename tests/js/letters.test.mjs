// The letters on a phone: the first visit is read without them and fetches them, the next has them.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { letIn } from '../../static/js/live-letters.js';

const FACES = ['latin-400', 'latin-700', 'latin-ext-400', 'vietnamese-600'];
let asked;

function stylesheet() {
  const cssRules = FACES.map((face) => ({
    cssText: `@font-face { src: url("files/pro-${face}-normal.woff2") format("woff2"); }`,
  }));
  return { media: 'print', href: 'https://x.example/static/letters.css', sheet: { cssRules } };
}

beforeEach(() => {
  const kept = new Map();
  globalThis.localStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
});

async function visit(t, ok) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  globalThis.fetch = async (address) => {
    asked.push(String(address));
    return { ok };
  };
  asked = [];
  const link = stylesheet();
  const done = letIn(link);
  await Promise.resolve();
  assert.deepEqual(asked, []); // not while the page begins
  t.mock.timers.tick(10_000);
  await done;
  t.mock.timers.reset();
  return link.media;
}

test('the first visit fetches what texts need, and shows it only at the next', async (t) => {
  assert.equal(await visit(t, true), 'print');
  const files = 'https://x.example/static/files/pro-';
  assert.deepEqual(asked, [`${files}latin-400-normal.woff2`, `${files}vietnamese-600-normal.woff2`]);
  assert.equal(await visit(t, true), 'all');
  assert.deepEqual(asked, []);
});

test('what could not be fetched is fetched again', async (t) => {
  assert.equal(await visit(t, false), 'print');
  assert.equal(await visit(t, true), 'print');
  assert.equal(await visit(t, true), 'all');
});

test('a browser that keeps nothing reads every visit as the first', async (t) => {
  globalThis.localStorage = {
    getItem() { throw new Error('denied'); },
    setItem() { throw new Error('denied'); },
  };
  assert.equal(await visit(t, true), 'print');
});

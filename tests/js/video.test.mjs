// The video beside a page: what it embeds, and that it fails without a word.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { embedVideo } from '../../static/js/video.js';

const ROOM = {
  kind: 'jitsi',
  domain: 'hop.example.gov.vn',
  room: 'giaoban-1-0123456789abcdef',
  token: 'a.b.c',
  moderator: false,
  name: "K'Đại (Chủ tịch, xã Đắk R'Măng)",
};

const options = (room) => ({
  meetingId: 1,
  account: 7,
  lang: 'vi',
  fetch: async (address, { headers }) => {
    assert.equal(address, '/api/v1/meetings/1/video');
    assert.equal(headers['X-Account'], '7');
    if (room === null) throw new TypeError('offline');
    return { ok: room !== undefined, json: async () => room };
  },
});

function place() {
  return { emptied: 0, replaceChildren() { this.emptied += 1; } };
}

/** A page that loads scripts as `outcome` says: 'load', 'error', or an API to find after it. */
function page(outcome) {
  const added = [];
  globalThis.document = {
    createElement: () => ({
      listeners: {},
      addEventListener(name, listener) { this.listeners[name] = listener; },
      remove() { this.removed = true; },
    }),
    head: {
      append(script) {
        added.push(script);
        if (typeof outcome === 'function') globalThis.JitsiMeetExternalAPI = outcome;
        queueMicrotask(() => script.listeners[outcome === 'error' ? 'error' : 'load']());
      },
    },
  };
  return added;
}

afterEach(() => {
  delete globalThis.document;
  delete globalThis.JitsiMeetExternalAPI;
});

test('a link is given back to be opened, nothing is loaded', async () => {
  const added = page('load');
  const found = await embedVideo(place(), options({ kind: 'link', url: 'https://zoom.example/1' }));
  assert.deepEqual(found, { kind: 'link', url: 'https://zoom.example/1' });
  assert.equal(added.length, 0);
});

test('where there is none, nothing happens', async () => {
  for (const room of [{ kind: 'none' }, undefined, null]) {
    assert.deepEqual(await embedVideo(place(), options(room)), { kind: 'none' });
  }
});

test('a host that does not answer, or answers something else, is done without', async () => {
  for (const outcome of ['error', 'load']) {
    const added = page(outcome);
    const where = place();
    assert.deepEqual(await embedVideo(where, options(ROOM)), { kind: 'none' });
    assert.equal(where.emptied, 1);
    // It is tried anew the next time.
    await embedVideo(where, options(ROOM));
    assert.equal(added.length, 2);
    assert.ok(added.every((script) => script.removed));
  }
});

test('Jitsi is embedded from its own host, with the token', async () => {
  const made = [];
  const added = page(class { constructor(...given) { made.push(given); } });
  const where = place();
  const found = await embedVideo(where, options(ROOM));
  assert.equal(found.kind, 'jitsi');
  assert.equal(added[0].src, 'https://hop.example.gov.vn/external_api.js');
  const [domain, given] = made[0];
  assert.equal(domain, ROOM.domain);
  assert.equal(given.roomName, ROOM.room);
  assert.equal(given.jwt, ROOM.token);
  assert.equal(given.parentNode, where);
  assert.equal(given.userInfo.displayName, ROOM.name);
  assert.equal(given.configOverwrite.startWithAudioMuted, true);
});

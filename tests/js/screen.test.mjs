// What the big screen works out: sites, turns, votes, pages, and what is shown when.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  MOMENT_MS, here, momentOf, pageAt, pages, pictureOf, predictedEnd, resultOf, siteOf, turnOf, waitingFor,
} from '../../static/js/screen-model.js';

const START = Date.parse('2023-10-12T08:00:00+07:00');
const SECOND = 1000;

function feedOf(objects) {
  const all = (type) => Object.keys(objects).filter((key) => key.startsWith(`${type}/`)).map((key) => objects[key]);
  return {
    all,
    meeting: { state: 'live', organizer_unit_id: 2, ...objects['meeting/1'] },
    get: (type, id) => objects[`${type}/${id}`],
    sorted: (type, compare) => all(type).sort(compare),
  };
}

test('a unit sits at the territory above it, and without one at the organiser', () => {
  const feed = feedOf({
    'unit/1': { id: 1, kind: 'district', parent_id: null },
    'unit/2': { id: 2, kind: 'office', parent_id: 1 },
    'unit/3': { id: 3, kind: 'commune', parent_id: 1 },
    'unit/4': { id: 4, kind: 'agency', parent_id: null },
  });
  assert.deepEqual([2, 3, 4, null].map((id) => siteOf(feed, id)), [1, 3, 1, 1]);
});

test('a deputy is here, and whoever has left is not', () => {
  assert.equal(here({ status: 'absent', deputy_name: 'Lò Thị Thay' }), true);
  assert.equal(here({ status: 'online', left_at: '2023-10-12T08:00:00+07:00' }), false);
  assert.equal(here({ status: 'unknown' }), false);
});

test('an item that overruns puts the end off by nothing but what comes after it', () => {
  const items = [
    { state: 'done', minutes: 20, used_seconds: 60 },
    { state: 'current', minutes: 10, used_seconds: 0, started_at: '2023-10-12T07:00:00+07:00' },
    { state: 'skipped', minutes: 30 },
    { state: 'pending', minutes: 15 },
  ];
  assert.equal(predictedEnd(items, START), START + 15 * 60 * SECOND);
});

test('a turn is warned of before its end, and over after it', () => {
  const speaker = { called_at: '2023-10-12T08:00:00+07:00', limit_seconds: 180 };
  const at = (seconds, meeting = {}) => turnOf(speaker, meeting, START + seconds * SECOND).state;
  assert.deepEqual([0, 149, 150, 179, 180].map((each) => at(each)), ['running', 'running', 'warning', 'warning', 'over']);
  assert.equal(at(125, { warning_seconds: 60 }), 'warning');
  assert.equal(turnOf({ ...speaker, limit_seconds: null }, {}, START).state, 'free');
});

test('who came meanwhile may vote, and hands are people too', () => {
  const vote = { id: 1, voter_ids: [1, 2, 3], hands: { for: 1 } };
  const ballots = [{ vote_id: 1, person_id: 4 }, { vote_id: 2, person_id: 1 }];
  assert.deepEqual(waitingFor(vote, ballots), { waiting: 2, of: 4 });
});

test('shares are of those who might vote', () => {
  const { rows, without } = resultOf({ counts: { for: 3, against: 1, abstain: 0 }, voter_ids: [1, 2, 3, 4, 5] });
  assert.deepEqual(rows.map(({ count, share }) => [count, share]), [[3, 0.6], [1, 0.2], [0, 0]]);
  assert.equal(without, 1);
});

test('pages are full but not too full, and nothing is lost', () => {
  assert.deepEqual(pages([1, 2, 2, 9, 1], (height) => height, 4), [[1, 2], [2], [9], [1]]);
  assert.deepEqual(pages([], (height) => height, 4), []);
  assert.deepEqual([0, 14_999, 15_000, 45_000].map((now) => pageAt(2, now, 15_000)), [0, 0, 1, 1]);
});

test('only what has just been given is shown for a moment', () => {
  const event = { type: 'directive.add', at: '2023-10-12T08:00:00+07:00', changed: { 'directive/3': {} } };
  assert.deepEqual(momentOf(event, START + 500), { key: 'directive/3', until: START + MOMENT_MS });
  assert.equal(momentOf(event, START + MOMENT_MS), null);
  assert.equal(momentOf({ ...event, type: 'directive.update' }, START), null);
  assert.equal(momentOf({ ...event, changed: {} }, START), null);
});

test('what is not there is not shown: the agenda stands for it', () => {
  const shown = (screen, more = {}) =>
    pictureOf(feedOf({ 'screen/1': screen, 'paper/1': { id: 1, media_type: 'application/pdf' },
      'paper/2': { id: 2, media_type: 'application/zip' }, 'vote/5': { id: 5 }, ...more }), null).view;
  assert.equal(shown(undefined), 'agenda');
  assert.equal(shown({ what: 'paper', ref: 1 }), 'paper');
  assert.equal(shown({ what: 'paper', ref: 2 }), 'agenda');
  assert.equal(shown({ what: 'paper', ref: 3 }), 'agenda');
  assert.equal(shown({ what: 'vote', ref: 4 }), 'agenda');
  assert.equal(shown({ what: 'vote', ref: null }), 'vote');
  assert.equal(shown({ what: 'directives', ref: 9 }), 'directives');
  assert.equal(shown({ what: 'something new' }), 'agenda');
});

test('before the opening and after the close the state of the meeting decides', () => {
  const view = (meeting, only = null) =>
    pictureOf(feedOf({ 'meeting/1': meeting, 'screen/1': { what: 'check_in' } }), only).view;
  assert.equal(pictureOf(feedOf({ 'meeting/1': { state: 'scheduled' } }), null).view, 'before');
  assert.equal(view({ state: 'scheduled' }), 'check_in');
  assert.equal(view({ state: 'closed' }), 'closed');
  assert.equal(view({ state: 'closed' }, 'check_in'), 'closed');
  assert.equal(view({ state: 'archived', cancelled_at: 'x' }), 'cancelled');
  const other = feedOf({ 'meeting/1': { state: 'live' }, 'screen/1': { what: 'indicators' } });
  assert.equal(pictureOf(other, 'check_in').view, 'check_in');
});

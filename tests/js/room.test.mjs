// Where the room stands: the same rules as agenda/room.py.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { floorTime, here, late, leftEarly, notVoted, silent } from '../../static/js/room-model.js';

function feedOf(objects) {
  const all = (type) => objects[type] ?? [];
  return { all, sorted: (type, compare) => [...all(type)].sort(compare) };
}

const MEETING = { opened_at: '2026-11-26T08:00:00+07:00', closed_at: null };

test('here, late, left early', () => {
  assert.equal(here({ status: 'on_site', deputy_name: null }), true);
  assert.equal(here({ status: 'absent', deputy_name: 'Lò Thị Thay' }), true);
  assert.equal(here({ status: 'absent', deputy_name: null }), false);
  assert.equal(here({ status: 'online', deputy_name: null, left_at: '2026-11-26T09:00:00+07:00' }), false);
  assert.equal(late(MEETING, { arrived_at: '2026-11-26T08:05:00+07:00' }), false);
  assert.equal(late(MEETING, { arrived_at: '2026-11-26T08:05:01+07:00' }), true);
  assert.equal(late({ opened_at: null }, { arrived_at: '2026-11-26T08:05:01+07:00' }), false);
  assert.equal(late(MEETING, {}), false);
  assert.equal(leftEarly(MEETING, { left_at: '2026-11-26T09:00:00+07:00' }), true);
  const closed = { ...MEETING, closed_at: '2026-11-26T09:00:00+07:00' };
  assert.equal(leftEarly(closed, { left_at: '2026-11-26T09:00:00+07:00' }), false);
  assert.equal(leftEarly(closed, {}), false);
});

test('who has not spoken: participants who are here, in protocol order', () => {
  const participant = (id, position, role = 'participant') => ({ id, person_id: id, position, role });
  const present = (id, more = {}) => ({ person_id: id, status: 'online', deputy_name: null, ...more });
  const feed = feedOf({
    participant: [participant(5, 1), participant(1, 3), participant(2, 2), participant(3, 4), participant(4, 5), participant(6, 0, 'chair')],
    attendance: [present(1), present(2), present(3), present(4, { status: 'unknown' }), present(5), present(6)],
    speaker: [{ person_id: 2, state: 'waiting' }, { person_id: 3, state: 'done' }],
    entry: [{ person_id: 1 }],
  });
  assert.deepEqual(silent(feed), [5, 2]);
});

test('who has not voted', () => {
  const feed = feedOf({ ballot: [{ vote_id: 1, person_id: 2 }, { vote_id: 2, person_id: 3 }] });
  assert.deepEqual(notVoted(feed, { id: 1, voter_ids: [3, 2, 1] }), [3, 1]);
});

test('the floor: a warning before the end, then over', () => {
  const called = '2026-11-26T08:00:00+07:00';
  const at = (seconds, limit, meeting = {}) =>
    floorTime(meeting, { called_at: called, limit_seconds: limit }, Date.parse(called) + seconds * 1000);
  assert.deepEqual(at(10, null), { seconds: 10, limit: null, state: 'free' });
  assert.equal(at(149, 180).state, 'free');
  assert.equal(at(150, 180).state, 'warning');
  assert.equal(at(119, 180, { warning_seconds: 60 }).state, 'free');
  assert.equal(at(120, 180, { warning_seconds: 60 }).state, 'warning');
  assert.equal(at(180, 180).state, 'over');
  // A clock that is behind the server's does not run backwards.
  assert.equal(at(-3, 180).seconds, 0);
});

// What is carried over from earlier briefings: who is asked, who has answered, who may answer.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { carriedList, counts, progressOf, speaksFor } from '../../static/js/carried-model.js';
import { pictureOf } from '../../static/js/screen-model.js';

const UNITS = {
  'unit/1': { id: 1, kind: 'district', parent_id: null },
  'unit/2': { id: 2, kind: 'commune', parent_id: 1 },
  'unit/3': { id: 3, kind: 'commune', parent_id: 1 },
  'unit/4': { id: 4, kind: 'village', parent_id: 2 },
  'unit/9': { id: 9, kind: 'group', parent_id: null, member_ids: [2, 3] },
};
const ITEM = { 'agenda_item/7': { id: 7, kind: 'follow_up', position: 1 } };
const carried = (id, more) => ({
  [`carried/${id}`]: { id, position: id, lead_unit_ids: [9], status: 'overdue', days_late: 3, ...more },
});
const entry = (id, more) => ({ [`entry/${id}`]: { id, at: `2026-11-26T08:0${id}:00+07:00`, ...more } });

function feedOf(objects) {
  const all = (type) => Object.keys(objects).filter((key) => key.startsWith(`${type}/`)).map((key) => objects[key]);
  return {
    all,
    meeting: { state: 'live', ...objects['meeting/1'] },
    get: (type, id) => objects[`${type}/${id}`],
    sorted: (type, compare) => all(type).sort(compare),
  };
}

test('a group has answered when each of its members has', () => {
  const said = entry(1, { carried_id: 1, unit_id: 3 });
  const [one] = carriedList(feedOf({ ...UNITS, ...ITEM, ...carried(1), ...said }));
  assert.deepEqual([one.missing, one.answered], [[2], false]);
  const both = { ...said, ...entry(2, { carried_id: 1, unit_id: 2 }) };
  const list = carriedList(feedOf({ ...UNITS, ...ITEM, ...carried(2, { status: 'done_late' }), ...carried(1), ...both }));
  assert.deepEqual(list.map(({ id }) => id), [1, 2]);
  assert.deepEqual(counts(list), { all: 2, late: 1, done: 1, answered: 1 });
  assert.deepEqual(carriedList(feedOf({ ...UNITS, ...carried(1) })), []); // off the agenda
});

test('one answers for one’s own unit and those below it', () => {
  const feed = feedOf(UNITS);
  const asks = (role, unit, leads) => speaksFor(feed, { role, unit_id: unit }, { lead_unit_ids: leads });
  assert.deepEqual(asks('participant', 2, [9]), [2]);
  assert.deepEqual(asks('participant', 2, [4]), [4]);
  assert.deepEqual(asks('participant', 3, [4]), []);
  assert.deepEqual(asks('observer', 2, [9]), []);
  assert.deepEqual(asks('secretary', null, [9]), [2, 3]);
});

test('what is said of progress does not contradict what was said in the meeting', () => {
  const t = (word) => word;
  const one = { state: 'given', status: 'overdue', progress: null, answers: [] };
  assert.equal(progressOf(one, t), 'carried_no_report');
  assert.equal(progressOf({ ...one, answers: [{}] }, t), '');
  assert.equal(progressOf({ ...one, state: 'returned' }, t), 'carried_returned');
});

test('the screen shows the table by itself while its item is on, and when it is asked for', () => {
  const view = (more) => pictureOf(feedOf({ ...UNITS, ...ITEM, ...more }), null).view;
  const on = { 'meeting/1': { current_item_id: 7 } };
  const shown = { 'screen/1': { what: 'follow_up', ref: null, page: null } };
  assert.equal(view({ ...on, ...carried(1) }), 'follow_up');
  assert.equal(view(on), 'agenda');
  assert.equal(view(carried(1)), 'agenda');
  assert.equal(view({ ...shown, ...carried(1) }), 'follow_up');
  assert.equal(view(shown), 'agenda');
});

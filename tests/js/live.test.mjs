// What the participant's page says about turns, times and the reader's own directives.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { about, picture, turn, used } from '../../static/js/live-model.js';

const OURS = 7;
const GROUP = 70;
const START = Date.parse('2023-10-12T08:00:00+07:00');
const minutes = (count) => count * 60_000;

function item(id, state, presenter, more = {}) {
  return {
    id, position: id, state, minutes: 20, presenter_unit_id: presenter,
    started_at: state === 'current' ? '2023-10-12T08:00:00+07:00' : null,
    used_seconds: 0, ...more,
  };
}

function meeting(items, more = {}, others = {}) {
  const current = items.find(({ state }) => state === 'current');
  return new Map(Object.entries({
    'meeting/1': { id: 1, state: 'live', current_item_id: current?.id ?? null, ...more },
    [`unit/${OURS}`]: { id: OURS, kind: 'commune' },
    [`unit/${GROUP}`]: { id: GROUP, kind: 'group', member_ids: [OURS, 8] },
    ...Object.fromEntries(items.map((one) => [`agenda_item/${one.id}`, one])),
    ...others,
  }));
}

const see = (objects) => picture(feedOf(objects), { person_id: 3, unit_id: OURS });

// A feed that holds these objects.
function feedOf(objects) {
  const all = (type) => [...objects].filter(([key]) => key.startsWith(`${type}/`)).map(([, one]) => one);
  return {
    all,
    meeting: all('meeting')[0],
    get: (type, id) => objects.get(`${type}/${id}`),
    sorted: (type, compare) => all(type).sort(compare),
  };
}
const when = (items, at = START) => turn(see(meeting(items)), at);

test('the wait is what is left of the current item and the items between', () => {
  const items = [item(1, 'current', 8), item(2, 'pending', 8), item(3, 'pending', OURS)];
  assert.equal(when(items, START + minutes(5)).minutes, 35);
});

test('an item that overruns adds nothing, and nothing negative', () => {
  const items = [item(1, 'current', 8), item(2, 'pending', 8), item(3, 'pending', OURS)];
  assert.equal(when(items, START + minutes(50)).minutes, 20);
});

test('a skipped item between adds nothing', () => {
  const items = [item(1, 'current', 8), item(2, 'skipped', 8), item(3, 'pending', OURS)];
  assert.deepEqual(
    [when(items).kind, when(items).item.id, when(items).minutes],
    ['next', 3, 20],
  );
});

test('the turn of a group that names our unit is ours', () => {
  assert.equal(when([item(1, 'current', GROUP)]).kind, 'now');
});

test('after our turn it says so; without one it says nothing', () => {
  assert.equal(when([item(1, 'done', OURS), item(2, 'current', 8)]).kind, 'over');
  assert.equal(when([item(1, 'current', 8), item(2, 'pending', 8)]).kind, 'none');
  assert.equal(when([item(1, 'skipped', OURS), item(2, 'current', 8)]).kind, 'none');
});

test('before the first item the wait counts from the opening', () => {
  const items = [item(1, 'pending', 8), item(2, 'pending', OURS)];
  assert.deepEqual([when(items).kind, when(items).minutes], ['later', 20]);
});

test('a reader without a unit has no turn', () => {
  const seen = picture(feedOf(meeting([item(1, 'current', null)])), { person_id: 3, unit_id: null });
  assert.equal(turn(seen, START).kind, 'none');
});

test('an item taken up again goes on from what it had used', () => {
  assert.equal(used(item(1, 'current', 8, { used_seconds: 90 }), START + minutes(1)), 150);
});

test('a clock behind the server never shows negative time', () => {
  assert.equal(used(item(1, 'current', 8), START - minutes(1)), 0);
});

test('minutes are single up to ten and then in fives', () => {
  assert.deepEqual([0, 1, 61, 600, 700, 1430, 1500].map(about), [0, 1, 2, 10, 10, 25, 25]);
});

test('our directives come first, those we lead before those we support', () => {
  const give = (id, lead, supporting) => ({
    [`directive/${id}`]: { id, lead_unit_ids: lead, supporting_unit_ids: supporting },
  });
  const seen = see(meeting([], {}, {
    ...give(1, [8], []), ...give(2, [8], [OURS]), ...give(3, [GROUP], []), ...give(4, [], []),
  }));
  assert.deepEqual(
    seen.directives.map(({ id, part }) => [id, part]),
    [[3, 'lead'], [2, 'supporting'], [1, null], [4, null]],
  );
});

test('whoever spoke last is the last with a name, in order of time', () => {
  const say = (id, at, more) => ({
    [`entry/${id}`]: { id, item_id: 1, at, person_id: null, speaker_name: null, ...more },
  });
  const seen = see(meeting([item(1, 'current', 8)], {}, {
    ...say(1, '2023-10-12T08:03:00+07:00', { person_id: 5 }),
    ...say(2, '2023-10-12T08:02:00+07:00', { speaker_name: 'H’Mai' }),
    ...say(3, '2023-10-12T08:04:00+07:00', {}),
  }));
  assert.equal(seen.last.id, 1);
  assert.deepEqual(seen.entriesOf({ id: 1 }).map(({ id }) => id), [2, 1, 3]);
});

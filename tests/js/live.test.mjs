// What the participant's page says about turns, times and the reader's own directives.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { about, isHere, picture, predictedEnd, remarkUntil, sites, speech, turn, turnout, used } from '../../static/js/live-model.js';
import { answers, asked, speaksFor } from '../../static/js/readback.js';

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

const ME = { person_id: 3, unit_id: OURS, role: 'participant' };
const see = (objects) => picture(feedOf(objects), ME);

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

test('the end is what the present item has left and what the others have', () => {
  const items = [item(1, 'done', 8), item(2, 'current', 8), item(3, 'skipped', 8), item(4, 'pending', 8)];
  assert.equal(predictedEnd(items, START + minutes(5)), START + minutes(40));
  // An item that overruns ends at any moment.
  assert.equal(predictedEnd(items, START + minutes(30)), START + minutes(50));
  assert.equal(predictedEnd([item(1, 'done', 8)], START), null);
});

test('a speaker is warned before the end and told after it', () => {
  const speaker = { called_at: '2023-10-12T08:00:00+07:00', limit_seconds: 180 };
  const at = (seconds, meeting = {}) => speech(speaker, meeting, START + seconds * 1000);
  assert.deepEqual([at(100).phase, at(100).left], ['plain', 80]);
  assert.equal(at(150).phase, 'warning');
  assert.equal(at(100, { warning_seconds: 90 }).phase, 'warning');
  assert.deepEqual([at(200).phase, at(200).left], ['over', -20]);
  // A clock behind the server's, and a meeting without a limit.
  assert.equal(at(-5).seconds, 0);
  assert.deepEqual(
    speech({ ...speaker, limit_seconds: null }, {}, START + minutes(9)),
    { seconds: 540, left: null, phase: 'plain' },
  );
});

test('the queue is that of the present item, and one answers whoever spoke to it last', () => {
  const speakers = {
    'speaker/1': { id: 1, person_id: 9, item_id: 1, state: 'done', position: 0, finished_at: '2023-10-12T08:01:00+07:00' },
    'speaker/2': { id: 2, person_id: 8, item_id: 1, state: 'done', position: 0, finished_at: '2023-10-12T08:03:00+07:00' },
    'speaker/3': { id: 3, person_id: 3, item_id: 1, state: 'waiting', position: 2 },
    'speaker/4': { id: 4, person_id: 7, item_id: 1, state: 'waiting', position: 1 },
    'speaker/5': { id: 5, person_id: 3, item_id: 2, state: 'waiting', position: 1 },
    'speaker/6': { id: 6, person_id: 6, item_id: 1, state: 'withdrawn', position: 0 },
  };
  const items = [item(1, 'current', 8), item(2, 'pending', 8)];
  const seen = see(meeting(items, {}, speakers));
  assert.deepEqual(seen.queue.map(({ id }) => id), [4, 3]);
  assert.deepEqual(seen.waiting.map(({ id }) => id).sort(), [3, 5]);
  assert.equal(seen.answerable.id, 2);
  assert.equal(seen.speaking, null);
  const speaking = { ...speakers['speaker/4'], state: 'speaking', position: 0 };
  assert.equal(see(meeting(items, {}, { ...speakers, 'speaker/4': speaking })).answerable.id, 4);
});

test('who has come later and voted counts among those who may', () => {
  const vote = { id: 1, voter_ids: [3, 4, 5] };
  const seen = see(meeting([], {}, {
    'vote/1': vote,
    'ballot/1': { id: 1, vote_id: 1, person_id: 4, choice: 'for' },
    'ballot/2': { id: 2, vote_id: 1, person_id: 9, choice: null },
    'ballot/3': { id: 3, vote_id: 2, person_id: 3, choice: 'for' },
  }));
  assert.deepEqual(turnout(seen, vote, 4), {
    mine: { id: 1, vote_id: 1, person_id: 4, choice: 'for' }, voted: 2, all: 4, missing: [3, 5],
  });
  assert.equal(turnout(seen, vote, 3).mine, null);
});

test('who is absent without a deputy does not vote, nor who only watches', () => {
  const may = (attendance, role = 'participant') => picture(
    feedOf(meeting([], {}, { 'attendance/1': { id: 1, person_id: 3, deputy_name: null, ...attendance } })),
    { ...ME, role },
  ).mayVote;
  assert.equal(may({ status: 'unknown' }), true);
  assert.equal(may({ status: 'absent' }), false);
  assert.equal(may({ status: 'absent', deputy_name: 'Lò Thị Thay' }), true);
  assert.equal(may({ status: 'online' }, 'secretary'), false);
});

test('offices sit at the site above them, watchers at none, and those who left are not here', () => {
  const feed = feedOf(meeting([], { organizer_unit_id: 1 }, {
    'unit/1': { id: 1, kind: 'district', parent_id: null },
    'unit/2': { id: 2, kind: 'office', parent_id: 1 },
    [`unit/${OURS}`]: { id: OURS, kind: 'commune', parent_id: 1 },
    'participant/1': { id: 1, position: 2, person_id: 3, unit_id: OURS, role: 'participant' },
    'participant/2': { id: 2, position: 1, person_id: 4, unit_id: 2, role: 'chair' },
    'participant/3': { id: 3, position: 3, person_id: 5, unit_id: null, role: 'participant' },
    'participant/4': { id: 4, position: 4, person_id: 6, unit_id: OURS, role: 'observer' },
    'attendance/1': { id: 1, person_id: 3, status: 'on_site' },
    'attendance/2': { id: 2, person_id: 4, status: 'absent', deputy_name: 'Lò Thị Thay' },
    'attendance/3': { id: 3, person_id: 5, status: 'online', left_at: '2023-10-12T09:00:00+07:00' },
    'attendance/4': { id: 4, person_id: 6, status: 'online' },
    'headcount/1': { id: 1, unit_id: OURS, people: 12 },
  }));
  assert.deepEqual(
    sites(feed, OURS).map(({ unit, invited, here, people, own }) => [unit.id, invited.length, here, people, own]),
    [[1, 2, 1, null, false], [OURS, 1, 1, 12, true]],
  );
  assert.equal(isHere({ status: 'unknown' }), false);
});

test('a paper on the screen shows for whoever may see it; remarks end when the meeting says', () => {
  const screen = { 'screen/1': { id: 1, what: 'paper', ref: 4, page: 2 } };
  assert.equal(see(meeting([], {}, screen)).shown, null);
  const paper = { id: 4, item_id: null, title: 'Báo cáo' };
  const seen = see(meeting([], {}, { ...screen, 'paper/4': paper }));
  assert.deepEqual(seen.shown, { paper, page: 2 });
  assert.deepEqual(seen.papersOf(null), [paper]);
  const closed = '2023-10-12T08:00:00+07:00';
  assert.equal(remarkUntil({ closed_at: closed }), START + minutes(24 * 60));
  assert.equal(remarkUntil({ closed_at: closed, remark_hours: 0 }), START);
});

// -- Read-back ------------------------------------------------------------------------------

const units = {
  'unit/1': { id: 1, kind: 'district', parent_id: null },
  [`unit/${OURS}`]: { id: OURS, kind: 'commune', parent_id: 1 },
  'unit/8': { id: 8, kind: 'commune', parent_id: 1 },
  'unit/9': { id: 9, kind: 'village', parent_id: OURS },
};
const given = (id, leads, supports = [], more = {}) => ({
  [`directive/${id}`]: { id, at: `2023-10-12T09:0${id}`, lead_unit_ids: leads, supporting_unit_ids: supports, ...more },
});
const place = (id, unit, role = 'participant') => ({ [`participant/${id}`]: { id, person_id: id, unit_id: unit, role } });

test('the members of a group are asked, each once, and its newest answer counts, also on its way', () => {
  const objects = meeting([], {}, {
    ...units, ...given(1, [GROUP], [8, 9]),
    'acknowledgement/1': { id: 1, directive_id: 1, unit_id: 8, reply: 'clarify', note: 'Chuẩn nào?', at: '2023-10-12T09:05' },
    'acknowledgement/2': { id: 2, directive_id: 2, unit_id: 9, reply: 'understood' },
  });
  const feed = { ...feedOf(objects), pending: [] };
  const replies = () => answers(feed, objects.get('directive/1')).map(({ unit_id: id, reply, sending }) => [id, reply, sending]);
  assert.deepEqual(asked(feed, objects.get('directive/1')), [OURS, 8, 9]);
  assert.deepEqual(replies(), [[OURS, null, false], [8, 'clarify', false], [9, null, false]]);
  feed.pending = [
    { name: 'directive.acknowledge', args: { directive_id: 1, unit_id: 8, reply: 'understood' } },
    { name: 'directive.acknowledge', args: { directive_id: 3, unit_id: 9, reply: 'understood' } },
  ];
  assert.deepEqual(replies()[1], [8, 'understood', true]);
  assert.deepEqual(replies()[2], [9, null, false]);
});

test('one answers for ones own unit, and for those below it that have nobody in the meeting', () => {
  const objects = meeting([], {}, { ...units, ...given(1, [GROUP], [9]), ...place(3, OURS), ...place(4, 1, 'chair') });
  const one = objects.get('directive/1');
  const speaks = (me) => speaksFor(feedOf(objects), me, one);
  assert.deepEqual(speaks(ME), [OURS, 9]);
  // The district speaks for the commune without anybody there, but not for the one that has come.
  const district = { person_id: 5, unit_id: 1, role: 'participant' };
  assert.deepEqual(speaks(district), [8, 9]);
  // The chair's office notes answers on the console; who only looks on gives none.
  assert.deepEqual(speaks({ ...district, role: 'chair' }), []);
  assert.deepEqual(speaks({ ...ME, role: 'observer' }), []);
  assert.deepEqual(speaks({ ...ME, unit_id: null }), []);
  objects.set('participant/9', place(9, 9)['participant/9']);
  assert.deepEqual(speaks(ME), [OURS]);
});

test('what units have passed on is not among what the chair has given', () => {
  const objects = meeting([], {}, {
    ...units, ...given(1, [8]), ...given(2, [9]), ...given(3, [8], [OURS]), ...given(4, [OURS]), ...given(5, [OURS], [], { parent_id: 4 }),
  });
  assert.deepEqual(see(objects).directives.map(({ id, part }) => [id, part]), [
    [4, 'lead'], [3, 'supporting'], [2, 'below'], [1, null],
  ]);
});

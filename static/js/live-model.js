/* What the participant's page says, worked out from the objects of the feed.
   Pure functions: nothing here knows of the page, the network or the clock. */

import { byTime } from './lib.js';
import { speaksFor } from './readback.js';

const MINUTE = 60;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const TERRITORIAL = ['province', 'district', 'commune', 'village'];
const ATTENDING = ['chair', 'secretary', 'participant'];
const VOTERS = ['chair', 'participant'];
const REMARK_HOURS = 24; // where the meeting does not say (agenda/services.py)
const WARNING_SECONDS = 30; // the same
const PRESENT = ['on_site', 'online'];

/** Everything that the page shows, in the order in which it shows it.
 *
 *  @param {import('./feed.js').Feed} feed
 *  @param {{person_id: ?number, unit_id: ?number, role: string}} me  the reader
 */
export function picture(feed, me) {
  const meeting = feed.meeting ?? null;
  const items = feed.sorted('agenda_item', byPosition);
  const ours = unitsOf(feed.all('unit'), me.unit_id);
  const index = items.findIndex((item) => item.id === meeting?.current_item_id);
  const current = items[index] ?? null;
  const entries = feed.sorted('entry', byTime);
  const ballots = feed.sorted('ballot', byId);
  const papers = feed.sorted('paper', byId);
  const directives = feed.sorted('directive', byTime)
    .filter(({ parent_id: parent }) => !parent) // the chair has not given what units have passed on
    .map((directive) => {
      const speaks = speaksFor(feed, me, directive);
      return { ...directive, speaks, part: part(directive, ours) ?? (speaks.length > 0 ? 'below' : null) };
    });
  const mine = feed.all('attendance').find((one) => one.person_id === me.person_id) ?? null;
  return {
    meeting,
    items,
    current,
    number: index + 1,
    next: items.slice(index + 1).find((item) => item.state === 'pending') ?? null,
    entriesOf: (item) => grouped(entries, 'item_id').get(item?.id) ?? [],
    last: entries.findLast((entry) => entry.item_id === current?.id && spoken(entry)) ?? null,
    conclusions: feed.sorted('conclusion', byTime),
    directives: [
      ...directives.filter((directive) => directive.part === 'lead'),
      ...directives.filter((directive) => directive.part === 'supporting'),
      ...directives.filter((directive) => directive.part === 'below'),
      ...directives.filter((directive) => !directive.part),
    ],
    mine,
    ours,
    ...floor(feed.sorted('speaker', byPosition), current, me),
    votes: feed.sorted('vote', byId).toReversed(),
    ballotsOf: (vote) => grouped(ballots, 'vote_id').get(vote.id) ?? [],
    mayVote: VOTERS.includes(me.role) && !(mine?.status === 'absent' && !mine.deputy_name),
    papersOf: (item) => grouped(papers, 'item_id').get(item?.id ?? null) ?? [],
    shown: shownPaper(feed),
    unit: (id) => feed.get('unit', id) ?? null,
    person: (id) => feed.get('person', id) ?? null,
  };
}

/** The ids of our unit and of the groups that name it ("UBND các xã"). */
function unitsOf(units, unitId) {
  if (unitId == null) return new Set();
  const groups = units.filter((unit) => unit.member_ids?.includes(unitId));
  return new Set([unitId, ...groups.map((group) => group.id)]);
}

function part(directive, ours) {
  if (directive.lead_unit_ids?.some((id) => ours.has(id))) return 'lead';
  if (directive.supporting_unit_ids?.some((id) => ours.has(id))) return 'supporting';
  return null;
}

const spoken = (entry) => entry.person_id != null || Boolean(entry.speaker_name);
const byPosition = (a, b) => a.position - b.position || a.id - b.id;
const byId = (a, b) => a.id - b.id;

const groups = new WeakMap(); // by the array that `sorted` gives

// The objects by the value of a field.
function grouped(objects, field) {
  if (!groups.has(objects)) {
    const found = new Map();
    for (const one of objects) {
      if (!found.has(one[field])) found.set(one[field], []);
      found.get(one[field]).push(one);
    }
    groups.set(objects, found);
  }
  return groups.get(objects);
}

// -- The floor -----------------------------------------------------------------------------

// Who has the floor, who waits on the current item, what the reader waits for, and whom one may
// answer: who speaks to the current item, or spoke to it last.
function floor(speakers, current, me) {
  const here = speakers.filter((one) => one.item_id === current?.id);
  const speaking = speakers.find((one) => one.state === 'speaking') ?? null;
  const waiting = speakers.filter((one) => one.state === 'waiting');
  const done = here.filter((one) => one.state === 'done');
  done.sort((one, other) => Date.parse(one.finished_at) - Date.parse(other.finished_at));
  return {
    speaking,
    queue: waiting.filter((one) => one.item_id === current?.id),
    waiting: waiting.filter((one) => one.person_id === me.person_id),
    answerable: here.find((one) => one.state === 'speaking') ?? done.at(-1) ?? null,
  };
}

/** How long somebody has had the floor, and has it still.
 *
 *  @param {object} speaker one who speaks
 *  @param {object} meeting
 *  @param {number} now the server's time, in milliseconds
 *  @returns {{seconds: number, left: ?number, phase: 'plain'|'warning'|'over'}} `left` is null
 *    where the meeting sets no limit, and negative past it
 */
export function speech(speaker, meeting, now) {
  const seconds = Math.max(0, (now - Date.parse(speaker.called_at)) / 1000);
  if (speaker.limit_seconds == null) return { seconds, left: null, phase: 'plain' };
  const left = speaker.limit_seconds - seconds;
  const warning = meeting.warning_seconds ?? WARNING_SECONDS;
  const phase = left <= 0 ? 'over' : left <= warning ? 'warning' : 'plain';
  return { seconds, left, phase };
}

// -- Votes ---------------------------------------------------------------------------------

/** Who has voted, who has not yet, and the reader's own ballot.
 *
 *  @param {object} seen a `picture`
 *  @param {object} vote
 *  @param {?number} personId the reader's
 *  @returns {{mine: ?object, voted: number, all: number, missing: number[]}} `missing`: ids of
 *    people in protocol order
 */
export function turnout(seen, vote, personId) {
  const ballots = seen.ballotsOf(vote);
  const voted = new Set(ballots.map((ballot) => ballot.person_id));
  const missing = vote.voter_ids.filter((id) => !voted.has(id));
  return {
    mine: ballots.find((ballot) => ballot.person_id === personId) ?? null,
    voted: voted.size,
    all: voted.size + missing.length,
    missing,
  };
}

// -- Papers --------------------------------------------------------------------------------

// The paper on the big screens, where it is one that the reader may see.
function shownPaper(feed) {
  const screen = feed.get('screen', 1);
  const paper = screen?.what === 'paper' ? feed.get('paper', screen.ref) : null;
  return paper ? { paper, page: screen.page } : null;
}

// -- Sites ---------------------------------------------------------------------------------

/** The sites (điểm cầu) in protocol order, as `meetings.presence` tells them apart: a commune,
 *  district, province or village is one, and its offices sit there.
 *
 *  @param {import('./feed.js').Feed} feed
 *  @param {?number} ownUnitId the reader's unit in the meeting
 *  @returns {{unit: object, invited: object[], here: number, people: ?number, own: boolean}[]}
 *    `invited`: attendances; `people`: how many sit there, where somebody has counted
 */
export function sites(feed, ownUnitId) {
  const unit = (id) => feed.get('unit', id);
  const atOrAbove = (id) => {
    let found = unit(id);
    while (found && !TERRITORIAL.includes(found.kind)) found = unit(found.parent_id);
    return found;
  };
  const main = atOrAbove(feed.meeting.organizer_unit_id);
  const siteOf = (id) => atOrAbove(id) ?? main;
  const attendances = new Map(feed.all('attendance').map((one) => [one.person_id, one]));
  const counts = new Map(feed.all('headcount').map((one) => [one.unit_id, one.people]));
  const own = siteOf(ownUnitId);
  const found = new Map();
  for (const { person_id: person, unit_id: of, role } of feed.sorted('participant', byPosition)) {
    const site = siteOf(of);
    if (!site || !ATTENDING.includes(role)) continue;
    if (!found.has(site.id)) {
      const people = counts.get(site.id) ?? null;
      found.set(site.id, { unit: site, invited: [], here: 0, people, own: site === own });
    }
    const row = found.get(site.id);
    const attendance = attendances.get(person);
    if (!attendance) continue;
    row.invited.push(attendance);
    if (isHere(attendance)) row.here += 1;
  }
  return [...found.values()];
}

/** Somebody, or a deputy for them, is here now (agenda/room.py). */
export function isHere({ status, deputy_name: deputy, left_at: left }) {
  return (PRESENT.includes(status) || deputy != null) && left == null;
}

// -- Time ----------------------------------------------------------------------------------

/** How long an item has run, in seconds.
 *
 *  `used_seconds` counts its earlier turns; the present one runs since `started_at`.
 */
export function used(item, now) {
  const turn = item.state === 'current' && item.started_at
    ? Math.max(0, (now - Date.parse(item.started_at)) / 1000)
    : 0;
  return (item.used_seconds ?? 0) + turn;
}

/** When the meeting will end, in milliseconds (agenda/fitting.py): what is on has what it has
 *  left, each item that waits its minutes. Null where nothing is left to come.
 */
export function predictedEnd(items, now) {
  const open = items.filter(({ state }) => state === 'current' || state === 'pending');
  if (open.length === 0) return null;
  const seconds = open.reduce(
    (sum, item) => sum + Math.max(0, planned(item) - (item.state === 'current' ? used(item, now) : 0)),
    0,
  );
  return now + seconds * 1000;
}

/** Until when one may remark on a closed meeting, in milliseconds. */
export function remarkUntil({ closed_at: closed, remark_hours: hours }) {
  return Date.parse(closed) + (hours ?? REMARK_HOURS) * HOUR_MS;
}

/** When our unit presents.
 *
 *  The estimate adds what is planned and not yet used of the current item to the planned
 *  length of the items between; a current item that overruns adds nothing.
 *
 *  @returns {{kind: 'none'|'now'|'next'|'later'|'over', item?: object, minutes?: number, at?: number}}
 *    `over`: we have presented; `none`: no item is left for us and none was ours. Before the first item
 *    `minutes` counts from the opening. `at` is the moment in milliseconds, to five minutes.
 */
export function turn({ items, current, ours }, now) {
  const own = items.filter((item) => ours.has(item.presenter_unit_id));
  if (own.length === 0) return { kind: 'none' };
  if (current && ours.has(current.presenter_unit_id)) return { kind: 'now', item: current };
  const start = current ? items.indexOf(current) + 1 : 0;
  const coming = items.slice(start).filter((item) => item.state === 'pending');
  const index = coming.findIndex((item) => ours.has(item.presenter_unit_id));
  if (index < 0) return { kind: own.some((item) => item.state === 'done') ? 'over' : 'none' };
  const left = current ? Math.max(0, planned(current) - used(current, now)) : 0;
  const seconds = coming.slice(0, index).reduce((sum, item) => sum + planned(item), left);
  return {
    kind: index === 0 && current ? 'next' : 'later',
    item: coming[index],
    minutes: about(seconds),
    at: Math.round((now + seconds * 1000) / (5 * MINUTE_MS)) * 5 * MINUTE_MS,
  };
}

const planned = (item) => (item.minutes ?? 0) * MINUTE;

/** Minutes as people say them: single ones up to ten, then in fives. */
export function about(seconds) {
  const minutes = Math.ceil(seconds / MINUTE);
  return minutes <= 10 ? minutes : Math.round(minutes / 5) * 5;
}

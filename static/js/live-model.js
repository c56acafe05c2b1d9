/* What the participant's page says, worked out from the objects of the feed.
   Pure functions: nothing here knows of the page, the network or the clock. */

import { byTime } from './lib.js';

const MINUTE = 60;

/** Everything that the page shows, in the order in which it shows it.
 *
 *  @param {import('./feed.js').Feed} feed
 *  @param {{person_id: ?number, unit_id: ?number}} me  the reader
 */
export function picture(feed, me) {
  const meeting = feed.meeting ?? null;
  const items = feed.sorted('agenda_item', byPosition);
  const ours = unitsOf(feed.all('unit'), me.unit_id);
  const index = items.findIndex((item) => item.id === meeting?.current_item_id);
  const entries = feed.sorted('entry', byTime);
  const directives = feed.sorted('directive', byTime).map((directive) => ({
    ...directive,
    part: part(directive, ours),
  }));
  return {
    meeting,
    items,
    current: items[index] ?? null,
    number: index + 1,
    next: items.slice(index + 1).find((item) => item.state === 'pending') ?? null,
    entriesOf: (item) => byItem(entries).get(item?.id) ?? [],
    last: entries.findLast((entry) => entry.item_id === items[index]?.id && spoken(entry)) ?? null,
    conclusions: feed.sorted('conclusion', byTime),
    directives: [
      ...directives.filter((directive) => directive.part === 'lead'),
      ...directives.filter((directive) => directive.part === 'supporting'),
      ...directives.filter((directive) => !directive.part),
    ],
    mine: feed.all('attendance').find((one) => one.person_id === me.person_id) ?? null,
    ours,
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

const grouped = new WeakMap(); // by the array that `sorted` gives

function byItem(entries) {
  if (!grouped.has(entries)) {
    const items = new Map();
    for (const entry of entries) {
      if (!items.has(entry.item_id)) items.set(entry.item_id, []);
      items.get(entry.item_id).push(entry);
    }
    grouped.set(entries, items);
  }
  return grouped.get(entries);
}

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

/** When our unit presents.
 *
 *  The estimate adds what is planned and not yet used of the current item to the planned
 *  length of the items between; a current item that overruns adds nothing.
 *
 *  @returns {{kind: 'none'|'now'|'next'|'later'|'over', item?: object, minutes?: number}}
 *    `over`: we have presented; `none`: no item is left for us and none was ours. Before the first item
 *    `minutes` counts from the opening.
 */
export function turn({ items, current, ours }, now) {
  const own = items.filter((item) => ours.has(item.presenter_unit_id));
  if (own.length === 0) return { kind: 'none' };
  if (current && ours.has(current.presenter_unit_id)) return { kind: 'now', item: current };
  const start = current ? items.indexOf(current) + 1 : 0;
  const coming = items.slice(start).filter((item) => item.state === 'pending');
  const at = coming.findIndex((item) => ours.has(item.presenter_unit_id));
  if (at < 0) return { kind: own.some((item) => item.state === 'done') ? 'over' : 'none' };
  const left = current ? Math.max(0, planned(current) - used(current, now)) : 0;
  const seconds = coming.slice(0, at).reduce((sum, item) => sum + planned(item), left);
  return { kind: at === 0 && current ? 'next' : 'later', item: coming[at], minutes: about(seconds) };
}

const planned = (item) => (item.minutes ?? 0) * MINUTE;

/** Minutes as people say them: single ones up to ten, then in fives. */
export function about(seconds) {
  const minutes = Math.ceil(seconds / MINUTE);
  return minutes <= 10 ? minutes : Math.round(minutes / 5) * 5;
}

// What the big screen works out from the objects of the feed. Pure functions: nothing here
// knows of the page, the network or the clock.

import { carriedList, followsUp } from './carried-model.js';
import { used } from './live-model.js';

const PRESENT = ['on_site', 'online'];
// The units that are sites of their own (meetings.presence).
const TERRITORIES = ['province', 'district', 'commune', 'village'];
const WARNING_SECONDS = 30; // before the end of a turn, where the meeting does not say
/** How long what was just given fills the screen. */
export const MOMENT_MS = 8000;
const MOMENTS = { 'directive.add': 'directive/', 'conclusion.add': 'conclusion/' };

export const byPosition = (one, other) => one.position - other.position || one.id - other.id;

/** Who is here, or has a deputy here, now. */
export function here({ status, deputy_name: deputy, left_at: left }) {
  return (PRESENT.includes(status) || Boolean(deputy)) && !left;
}

/** The site (điểm cầu) of a unit, by the id of the unit that the site is named after. */
export function siteOf(feed, unitId) {
  const atOrAbove = (id) => {
    let unit = feed.get('unit', id);
    while (unit && !TERRITORIES.includes(unit.kind)) unit = feed.get('unit', unit.parent_id);
    return unit?.id ?? null;
  };
  return atOrAbove(unitId) ?? atOrAbove(feed.meeting.organizer_unit_id);
}

/** When the meeting will end, in milliseconds, if what is left takes as long as planned
 *  (agenda.fitting: an item that overruns ends at any moment). */
export function predictedEnd(items, now) {
  let seconds = 0;
  for (const item of items) {
    if (item.state === 'pending') seconds += item.minutes * 60;
    else if (item.state === 'current') seconds += Math.max(0, item.minutes * 60 - used(item, now));
  }
  return now + seconds * 1000;
}

/** A turn to speak: `seconds` so far, `left` of them (null without a limit), and `state`: `free`
 *  (no limit), `running`, `warning` or `over`. */
export function turnOf(speaker, meeting, now) {
  const seconds = Math.max(0, (now - Date.parse(speaker.called_at)) / 1000);
  if (!speaker.limit_seconds) return { seconds, left: null, state: 'free' };
  const left = speaker.limit_seconds - seconds;
  if (left <= 0) return { seconds, left, state: 'over' };
  const warning = left <= (meeting.warning_seconds ?? WARNING_SECONDS);
  return { seconds, left, state: warning ? 'warning' : 'running' };
}

/** How many have not voted yet, and of how many; who comes meanwhile may vote, too. */
export function waitingFor(vote, ballots) {
  const voted = new Set(ballots.filter((one) => one.vote_id === vote.id).map((one) => one.person_id));
  const hands = Object.values(vote.hands ?? {}).reduce((sum, count) => sum + count, 0);
  const of = new Set([...vote.voter_ids, ...voted]).size;
  return { waiting: Math.max(0, of - voted.size - hands), of };
}

/** A closed vote's rows, `{choice, count, share}` with the share of those who might vote, and how
 *  many did not vote. */
export function resultOf({ counts, voter_ids: voters }) {
  const of = voters.length;
  const rows = ['for', 'against', 'abstain'].map((choice) => {
    const count = counts?.[choice] ?? 0;
    return { choice, count, share: of ? count / of : 0 };
  });
  return { rows, of, without: Math.max(0, of - rows.reduce((sum, row) => sum + row.count, 0)) };
}

/**
 * Things in pages, each as full as it goes.
 *
 * @param {object[]} things
 * @param {(thing: object) => number} heightOf
 * @param {number} most the height of a page; a larger thing has one for itself
 */
export function pages(things, heightOf, most) {
  const found = [];
  let room = 0;
  for (const thing of things) {
    const height = heightOf(thing);
    if (found.length === 0 || height > room) {
      found.push([]);
      room = most;
    }
    found.at(-1).push(thing);
    room -= height;
  }
  return found;
}

/** Which of so many pages is on at a moment, the same on every screen. */
export function pageAt(count, now, milliseconds) {
  return count > 1 ? Math.floor(now / milliseconds) % count : 0;
}

/** What an event gives to be shown for a moment, `{key, until}`; null where it gives nothing, or
 *  where that is past. */
export function momentOf({ type, at, changed }, now) {
  const begins = MOMENTS[type];
  const key = begins && Object.keys(changed ?? {}).find((each) => each.startsWith(begins));
  const until = Date.parse(at) + MOMENT_MS;
  return key && until > now ? { key, until } : null;
}

/**
 * Which picture is to be shown, `{view, …}`.
 *
 * @param {import('./feed.js').Feed} feed
 * @param {?string} only the one thing that this page shows while the meeting is held
 */
export function pictureOf(feed, only) {
  const { meeting } = feed;
  if (meeting.cancelled_at) return { view: 'cancelled' };
  if (['closed', 'archived'].includes(meeting.state)) return { view: 'closed' };
  if (only) return { view: only };
  const { what, ref, page } = feed.get('screen', 1) ?? { what: 'agenda' };
  const carried = carriedList(feed).length > 0 && { view: 'follow_up' };
  const agenda = (followsUp(feed) && carried) || { view: meeting.state === 'live' ? 'agenda' : 'before' };
  switch (what) {
    case 'paper': {
      const paper = feed.get('paper', ref);
      return paper && showable(paper) ? { view: 'paper', paper, page: page ?? 1 } : agenda;
    }
    case 'vote': {
      const vote = ref ? feed.get('vote', ref) : feed.sorted('vote', byId).at(-1);
      return vote ? { view: 'vote', vote } : agenda;
    }
    case 'directives': {
      const directive = ref && feed.get('directive', ref);
      return directive ? { view: 'given', given: directive, kind: 'directive' } : { view: 'directives' };
    }
    case 'follow_up':
      return carried || agenda;
    case 'indicators':
    case 'check_in':
      return { view: what };
    default:
      return agenda;
  }
}

const byId = (one, other) => one.id - other.id;
const showable = ({ media_type: type }) => type === 'application/pdf' || type.startsWith('image/');

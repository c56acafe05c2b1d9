// What follows from a meeting's objects at a moment: who is late, who has not spoken, who has
// not voted, how long somebody has had the floor. The same rules as agenda/room.py, as pure
// functions: nothing here knows of the page, the network or the clock.

const LATE_MS = 5 * 60_000; // who checks in while the meeting is being opened is not late
const WARNING_SECONDS = 30; // where the meeting does not say
const PRESENT = ['on_site', 'online'];

const byPosition = (one, other) => one.position - other.position || one.id - other.id;

/** The people invited, in protocol order. */
export function invited(feed) {
  return feed.sorted('participant', byPosition);
}

/** Somebody, or a deputy for them, is here now. */
export function here({ status, deputy_name: deputy, left_at: left }) {
  return (PRESENT.includes(status) || Boolean(deputy)) && !left;
}

/** Came more than five minutes after the opening. */
export function late(meeting, { arrived_at: arrived }) {
  return Boolean(meeting.opened_at && arrived) && Date.parse(arrived) - Date.parse(meeting.opened_at) > LATE_MS;
}

/** Has left before the close. */
export function leftEarly(meeting, { left_at: left }) {
  return Boolean(left) && (!meeting.closed_at || Date.parse(left) < Date.parse(meeting.closed_at));
}

/** The ids of participants who are here and have not had the floor, nor a line in the record. */
export function silent(feed) {
  const spoken = new Set(feed.all('entry').map(({ person_id: id }) => id));
  for (const { person_id: id, state } of feed.all('speaker')) {
    if (state === 'speaking' || state === 'done') spoken.add(id);
  }
  const present = new Set(feed.all('attendance').filter(here).map(({ person_id: id }) => id));
  return invited(feed)
    .filter(({ role, person_id: id }) => role === 'participant' && present.has(id) && !spoken.has(id))
    .map(({ person_id: id }) => id);
}

/** The ids of those who might have voted and have not, in protocol order. */
export function notVoted(feed, vote) {
  const voted = new Set(feed.all('ballot').filter(({ vote_id: id }) => id === vote.id).map(({ person_id: id }) => id));
  return vote.voter_ids.filter((id) => !voted.has(id));
}

/**
 * How long somebody has had the floor.
 *
 * @param {object} meeting
 * @param {{called_at: string, limit_seconds: ?number}} speaker who has it
 * @param {number} now the server's time in milliseconds
 * @returns {{seconds: number, limit: ?number, state: 'free'|'warning'|'over'}} `limit` in
 *   seconds; null where the meeting sets none
 */
export function floorTime(meeting, { called_at: called, limit_seconds: limit }, now) {
  const seconds = Math.max(0, Math.floor((now - Date.parse(called)) / 1000));
  if (!limit) return { seconds, limit: null, state: 'free' };
  if (seconds >= limit) return { seconds, limit, state: 'over' };
  const warning = meeting.warning_seconds ?? WARNING_SECONDS;
  return { seconds, limit, state: limit - seconds <= warning ? 'warning' : 'free' };
}

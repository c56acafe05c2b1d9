// Whether those whom a directive names have understood it. The same rules as
// minutes/followup/services.py, as pure functions.

const ACKNOWLEDGE = 'directive.acknowledge';
const TAKING_PART = ['chair', 'secretary', 'participant'];
const LEADERS = ['chair', 'secretary'];

/** The ids of the units that are asked: a group stands for its members. */
export function asked(feed, { lead_unit_ids: leads, supporting_unit_ids: supports }) {
  const each = (id) => {
    const members = feed.get('unit', id)?.member_ids ?? [];
    return members.length > 0 ? members : [id];
  };
  return [...new Set([...(leads ?? []), ...(supports ?? [])].flatMap(each))];
}

/**
 * What each unit has answered.
 *
 * @param {import('./feed.js').Feed} feed
 * @param {object} directive
 * @returns {{unit_id: number, reply: ?string, note: ?string, at: ?string, sending: boolean}[]}
 *   `reply` is `understood`, `clarify`, or null where there is none yet; `sending` while it is on its way
 */
export function answers(feed, directive) {
  const given = new Map();
  for (const one of newest(feed).get(directive.id) ?? []) given.set(one.unit_id, { ...one, sending: false });
  for (const { name, args } of feed.pending) {
    if (name === ACKNOWLEDGE && args.directive_id === directive.id) given.set(args.unit_id, { ...args, sending: true });
  }
  return asked(feed, directive).map((id) => {
    const { reply = null, note = null, at = null, sending = false } = given.get(id) ?? {};
    return { unit_id: id, reply, note, at, sending };
  });
}

const byId = (one, other) => one.id - other.id;
const grouped = new WeakMap(); // by the array that `sorted` gives

// The newest answers by directive: communes in hundreds answer dozens of them.
function newest(feed) {
  const all = feed.sorted('acknowledgement', byId);
  if (!grouped.has(all)) {
    const found = new Map();
    for (const one of all) {
      if (!found.has(one.directive_id)) found.set(one.directive_id, []);
      found.get(one.directive_id).push(one);
    }
    grouped.set(all, found);
  }
  return grouped.get(all);
}

/**
 * The units whose answers a reader gives: their own, and those below it that have nobody in the
 * meeting. (The chair and the secretary note the others' on the console.)
 *
 * @param {import('./feed.js').Feed} feed
 * @param {{unit_id: ?number, role: string}} me the reader
 * @param {object} directive
 */
export function speaksFor(feed, me, directive) {
  if (me.unit_id == null || !TAKING_PART.includes(me.role)) return [];
  const here = new Set(
    feed.all('participant').filter(({ role }) => TAKING_PART.includes(role)).map(({ unit_id: id }) => id),
  );
  const mine = (id) => id === me.unit_id || (!LEADERS.includes(me.role) && !here.has(id) && isBelow(feed, id, me.unit_id));
  return asked(feed, directive).filter(mine);
}

function isBelow(feed, unitId, aboveId) {
  let id = feed.get('unit', unitId)?.parent_id ?? null;
  while (id !== null && id !== aboveId) id = feed.get('unit', id)?.parent_id ?? null;
  return id !== null;
}

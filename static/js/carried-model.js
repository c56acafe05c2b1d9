// What a briefing asks about of those before it: what follows from `carried/…` and from the
// entries that answer them. Pure functions: nothing here knows of the page or the clock.

export const FOLLOW_UP = 'follow_up';

const byPosition = (one, other) => one.position - other.position || one.id - other.id;

/** Whether the item that is on asks about earlier directives. */
export function followsUp(feed) {
  return feed.get('agenda_item', feed.meeting?.current_item_id)?.kind === FOLLOW_UP;
}

/** The item itself, where the agenda has it. */
export function followUpItem(feed) {
  return feed.all('agenda_item').find(({ kind }) => kind === FOLLOW_UP) ?? null;
}

/** The units that a directive names to lead, each by itself: a group is its members. */
export function leading(feed, carried) {
  const each = carried.lead_unit_ids.flatMap((id) => {
    const members = feed.get('unit', id)?.member_ids ?? [];
    return members.length ? members : [id];
  });
  return [...new Set(each)];
}

/**
 * What is carried over, in its order: each with `answers` (entries, the oldest first), the `missing`
 * units, which have said nothing yet, and `answered`, true where none is missing.
 *
 * @param {import('./feed.js').Feed} feed
 */
export function carriedList(feed) {
  // None, where the item was taken off the agenda.
  if (!followUpItem(feed)) return [];
  const said = new Map();
  for (const entry of feed.all('entry')) {
    if (entry.carried_id === undefined) continue;
    if (!said.has(entry.carried_id)) said.set(entry.carried_id, []);
    said.get(entry.carried_id).push(entry);
  }
  return feed.sorted('carried', byPosition).map((carried) => {
    const answers = (said.get(carried.id) ?? []).toSorted((a, b) => a.at.localeCompare(b.at) || a.id - b.id);
    const heard = new Set(answers.map(({ unit_id: unit }) => unit));
    const units = leading(feed, carried);
    const missing = units.filter((id) => !heard.has(id));
    const answered = units.length ? missing.length === 0 : answers.length > 0;
    return { ...carried, answers, missing, answered };
  });
}

/** The leading units that somebody may answer for: their own and those below it; any for those
 *  who lead the meeting (minutes.followup.services.speaks_for). */
export function speaksFor(feed, me, carried) {
  const units = leading(feed, carried);
  if (['chair', 'secretary'].includes(me.role)) return units;
  if (me.role !== 'participant' || me.unit_id === null) return [];
  const within = (id) => {
    for (let unit = feed.get('unit', id); unit; unit = feed.get('unit', unit.parent_id)) {
      if (unit.id === me.unit_id) return true;
    }
    return false;
  };
  const mine = units.filter(within);
  return mine.includes(me.unit_id) ? [me.unit_id] : mine;
}

/** How it stands by its dates, in words. */
export function standing({ status, days_late: days }, t, lang) {
  return t(`carried_${status}`, { days: new Intl.NumberFormat(lang).format(days) });
}

/** How far it had come beyond that, in words; empty where there is nothing to say. */
export function progressOf({ state, status, progress, answers }, t) {
  if (state === 'returned') return t('carried_returned');
  if (status.startsWith('done')) return '';
  if (progress !== null) return t('carried_progress', { progress });
  return answers.length ? '' : t('carried_no_report');
}

/** What a status looks like: `late` is red, `done` green; the words say it as well. */
export function look({ status }) {
  if (status === 'overdue') return 'late';
  return status.startsWith('done') ? 'done' : 'open';
}

/** A deadline: `trước ngày 25 hằng tháng` says more than `thường xuyên` (minutes.composing.parts). */
export function dueOf({ due, due_text: text }, dueText, t) {
  return text && (!due || due === 'ongoing') ? text : dueText(due, t);
}

/** How many there are, and how many of them are late, done, answered. */
export function counts(list) {
  return {
    all: list.length,
    late: list.filter((one) => look(one) === 'late').length,
    done: list.filter((one) => look(one) === 'done').length,
    answered: list.filter((one) => one.answered).length,
  };
}

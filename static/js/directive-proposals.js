// What was understood of a directive's words, as proposals: whatever nobody has accepted yet, and
// nobody has thrown away. Pure functions: nothing here knows of the page, the network or the clock.

import { fold } from './lib.js';

/**
 * @typedef {object} Held what a directive has been given so far
 * @property {number[]} leads ids of the units that lead
 * @property {number[]} supports ids of those that support
 * @property {?string} due the deadline in the forms of docs/live.md
 * @property {?string} [due_text] the words that it was given in
 *
 * @typedef {object} Proposal
 * @property {string} key what it is thrown away by: the same words, understood the same way
 * @property {'unit'|'due'|'unclear'|'gone'} kind `unclear`: a name that may be several units, or
 *   none; `gone`: a unit that is held and is no more
 * @property {'lead'|'support'|'due'} role
 * @property {string} phrase the words that say it
 * @property {number} [unit_id]
 * @property {string} [due]
 * @property {number[]} [candidates] ids of units that may be meant, of an `unclear` or a `gone` one
 * @property {string} [message] what is wrong with the name
 */

const PARTS = { lead: 'leads', support: 'supports' };

/**
 * What is proposed.
 *
 * @param {?object} answer of `POST /directives/parse`; null where there is none
 * @param {Held} held
 * @param {string[]} rejected keys that were thrown away
 * @returns {Proposal[]} in the order of the text, the deadline last
 */
export function proposals(answer, held, rejected) {
  if (!answer) return [];
  const taken = [...held.leads, ...held.supports];
  const found = [
    ...units(answer, 'lead', answer.lead_units),
    ...units(answer, 'support', answer.supporting_units),
  ].filter(({ unit_id: id }) => !taken.includes(id));
  answer.not_understood.forEach(({ text, role, candidates }, at) => {
    const ids = candidates.map(({ id }) => id);
    if (ids.some((id) => taken.includes(id))) return;
    const key = `unclear/${fold(text)}`;
    const { message } = answer.warnings[at];
    found.push({ key, kind: 'unclear', role, phrase: text, candidates: ids, message });
  });
  if (answer.due && !sameDue(answer.due, held.due)) {
    const { due, due_text: phrase } = answer;
    found.push({ key: `due/${due}/${fold(phrase)}`, kind: 'due', role: 'due', phrase, due });
  }
  return found.filter(({ key }) => !rejected.includes(key));
}

function units(answer, role, named) {
  return named.map(({ id }) => {
    const phrase = phraseOf(answer, (one) => one.role === role && one.unit_id === id);
    return { key: `${role}/${id}/${fold(phrase)}`, kind: 'unit', role, phrase, unit_id: id };
  });
}

// The server counts characters, a string's index counts parts of them.
function phraseOf({ text, phrases }, which) {
  const found = phrases.find(which);
  return found ? [...text].slice(found.start, found.end).join('') : '';
}

/**
 * Units that are held though they are no more, with those that have taken over.
 *
 * @param {Held} held
 * @param {string[]} rejected
 * @param {(id: number) => ?object} unitOf a unit of the directory
 * @param {string} on the day on which the task is given, `2026-03-02`
 */
export function gone(held, rejected, unitOf, on) {
  const ended = (id) => unitOf(id)?.valid_to && unitOf(id).valid_to < on;
  const found = [];
  for (const [role, part] of Object.entries(PARTS)) {
    for (const id of held[part].filter(ended)) {
      const candidates = heirs(id, unitOf, ended).filter((heir) => !held[part].includes(heir));
      if (candidates.length > 0) {
        found.push({ key: `gone/${id}`, kind: 'gone', role, phrase: '', unit_id: id, candidates });
      }
    }
  }
  return found.filter(({ key }) => !rejected.includes(key));
}

// Who stands in the place of a unit, as people.directory.heirs says it.
function heirs(unitId, unitOf, ended) {
  const found = new Set();
  const seen = new Set([unitId]);
  for (const id of seen) {
    for (const heir of unitOf(id)?.successor_ids ?? []) (ended(heir) ? seen : found).add(heir);
  }
  return [...found];
}

/** Those that are clear: they may be accepted together. */
export const clear = (list) => list.filter(({ kind }) => kind === 'unit' || kind === 'due');

/**
 * What a directive holds when proposals are accepted.
 *
 * @param {Held} held
 * @param {Proposal[]} chosen an `unclear` or a `gone` one with the `unit_id` of the `chosen`
 *   candidate as `choice`
 * @returns {Held}
 */
export function accepted(held, chosen) {
  const after = { ...held, leads: [...held.leads], supports: [...held.supports] };
  for (const { kind, role, unit_id: id, choice, due, phrase } of chosen) {
    if (kind === 'due') {
      Object.assign(after, { due, due_text: phrase });
    } else {
      const part = after[PARTS[role]];
      const at = kind === 'gone' ? part.indexOf(id) : part.length;
      part.splice(at, kind === 'gone' ? 1 : 0, choice ?? id);
    }
  }
  return after;
}

/** Whether two deadlines are the same; a moment may name its offset, which is Vietnam's. */
export function sameDue(one, other) {
  const bare = (due) => due?.replace(/(:00)?\+07:00$/, '') ?? null;
  return bare(one) === bare(other);
}

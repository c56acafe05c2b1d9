// What is proposed of a directive's words, and what becomes of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accepted, clear, gone, proposals, sameDue } from '../../static/js/directive-proposals.js';

const NOTHING = { leads: [], supports: [], due: null };
const TEXT = 'Giao 🌾 Phòng TC-KH chủ trì, phối hợp với xã Đắk Ha, Phòng Kinh tế, xong trước 30/11.';
const at = (words) => {
  const start = [...TEXT.slice(0, TEXT.indexOf(words))].length;
  return { start, end: start + [...words].length };
};
const answer = (more = {}) => ({
  text: TEXT,
  lead_units: [{ id: 3, name: 'Phòng Tài chính - Kế hoạch' }],
  supporting_units: [{ id: 5, name: 'UBND xã Đắk Ha' }],
  due: '2023-11-30',
  due_text: 'trước 30/11',
  phrases: [
    { ...at('Phòng TC-KH'), role: 'lead', unit_id: 3 },
    { ...at('xã Đắk Ha'), role: 'support', unit_id: 5 },
    { ...at('trước 30/11'), role: 'due', unit_id: null },
  ],
  not_understood: [
    { code: 'ambiguous_unit', text: 'Phòng Kinh tế', ...at('Phòng Kinh tế'), role: 'support', candidates: [{ id: 7 }, { id: 8 }] },
  ],
  warnings: [{ code: 'ambiguous_unit', message: 'Có nhiều đơn vị.' }],
  ...more,
});
const kinds = (list) => list.map(({ kind, role, unit_id: id, due }) => [kind, role, id ?? due]);

test('everything understood is proposed with its words, and nothing is taken by itself', () => {
  const found = proposals(answer(), NOTHING, []);
  assert.deepEqual(kinds(found), [
    ['unit', 'lead', 3], ['unit', 'support', 5], ['unclear', 'support', undefined], ['due', 'due', '2023-11-30'],
  ]);
  assert.deepEqual(found.map(({ phrase }) => phrase), ['Phòng TC-KH', 'xã Đắk Ha', 'Phòng Kinh tế', 'trước 30/11']);
  assert.deepEqual(found[2].candidates, [7, 8]);
  assert.equal(found[2].message, 'Có nhiều đơn vị.');
  assert.deepEqual(proposals(null, NOTHING, []), []);
});

test('accepting all takes what is clear', () => {
  const held = accepted(NOTHING, clear(proposals(answer(), NOTHING, [])));
  assert.deepEqual(held, { leads: [3], supports: [5], due: '2023-11-30', due_text: 'trước 30/11' });
  // What is held is proposed no more; the choice remains until somebody makes it.
  const [choice, ...others] = proposals(answer(), held, []);
  assert.deepEqual([choice.kind, others], ['unclear', []]);
  const chosen = accepted(held, [{ ...choice, choice: 8 }]);
  assert.deepEqual(chosen.supports, [5, 8]);
  assert.deepEqual(proposals(answer(), chosen, []), []);
});

test('what was thrown away is not proposed again for these words', () => {
  const rejected = proposals(answer(), NOTHING, []).map(({ key }) => key);
  assert.deepEqual(proposals(answer(), NOTHING, rejected), []);
  // Case and marks do not make other words of them; another deadline is another proposal.
  const retyped = { due_text: 'TRUOC 30/11', not_understood: [{ ...answer().not_understood[0], text: 'phong kinh te' }] };
  assert.deepEqual(proposals(answer(retyped), NOTHING, rejected), []);
  const later = answer({ due: '2023-12-15', due_text: 'trước 15/12' });
  assert.deepEqual(kinds(proposals(later, NOTHING, rejected)), [['due', 'due', '2023-12-15']]);
});

test('an accepted unit stays when the words go, and another deadline is proposed beside the old one', () => {
  const held = { leads: [3], supports: [], due: '2023-11-30', due_text: 'trước 30/11' };
  const reworded = answer({ lead_units: [], supporting_units: [], not_understood: [], due: '2023-12-15', due_text: 'trước 15/12' });
  const found = proposals(reworded, held, []);
  assert.deepEqual(kinds(found), [['due', 'due', '2023-12-15']]);
  assert.deepEqual(accepted(held, found), { leads: [3], supports: [], due: '2023-12-15', due_text: 'trước 15/12' });
  assert.ok(sameDue('2023-10-20T17:00', '2023-10-20T17:00:00+07:00'));
  assert.ok(sameDue(null, undefined));
  assert.ok(!sameDue('2023-10', '2023-10-20'));
});

test('a unit that is no more gives way to those that have taken over', () => {
  const units = {
    1: { id: 1, valid_to: '2025-06-30', successor_ids: [2, 4] },
    2: { id: 2, valid_to: '2025-12-31', successor_ids: [1, 3] },
    3: { id: 3 },
    4: { id: 4 },
    9: { id: 9, valid_to: '2025-06-30' },
  };
  const unitOf = (id) => units[id];
  const held = { leads: [1], supports: [9], due: null };
  const [one, ...others] = gone(held, [], unitOf, '2026-03-02');
  assert.deepEqual([one.role, one.unit_id, one.candidates, others], ['lead', 1, [4, 3], []]);
  assert.deepEqual(accepted(held, [{ ...one, choice: 3 }]).leads, [3]);
  assert.deepEqual(clear([one]), []);
  assert.deepEqual(gone(held, [one.key], unitOf, '2026-03-02'), []);
  // On its last day it was still there.
  assert.deepEqual(gone(held, [], unitOf, '2025-06-30'), []);
});

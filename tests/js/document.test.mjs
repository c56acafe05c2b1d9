// Two texts of one document side by side: what is chosen by itself, and that nothing is lost.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffArrays } from '../../node_modules/diff/libesm/diff/array.js';
import { bodyFrom, combined, rows, rowsOf, same, standing } from '../../static/js/document-compare.js';

// Blocks as the page splits them: what stands between two closing and opening tags.
const blocksOf = (body) => body.match(/<(p|h2|table)[ >].*?<\/\1>/gs) ?? [];

const content = (fields = {}) => ({
  superior: [],
  issuer: ['UBND HUYỆN'],
  place: 'Quảng Khê',
  abstract: 'Hội nghị',
  body: '<p>một</p><p>hai</p><p>ba</p>',
  signatures: [{ capacity: ['CHỦ TỌA'], name: 'A' }],
  recipients: ['Như trên;'],
  appendices: [],
  urgency: '',
  ...fields,
});

const between = (base, mine, theirs) => rows({ base, mine, theirs, blocksOf, diffArrays });
const join = (base, mine, theirs) => combined(between(base, mine, theirs), theirs);

test('the order of keys makes no other text', () => {
  assert.ok(same(content(), Object.fromEntries(Object.entries(content()).reverse())));
  assert.ok(!same(content(), content({ place: '' })));
});

test('nor another piece: what nobody has changed is the same on both sides', () => {
  const appendix = { body: '<p>a</p>', landscape: false, title: 'P' };
  const base = content({ appendices: [appendix] });
  const mine = content({ abstract: 'của tôi', appendices: [{ title: 'P', body: '<p>a</p>', landscape: false }], signatures: [{ name: 'A', capacity: ['CHỦ TỌA'] }] });
  assert.deepEqual(between(base, mine, base).filter((row) => !row.same).map((row) => row.field), ['abstract']);
  // Where they alone have changed the appendix, theirs is chosen, once.
  const theirs = content({ appendices: [{ ...appendix, title: 'Q' }] });
  assert.deepEqual(join(base, mine, theirs).appendices.map((each) => each.title), ['Q']);
});

test('what each side alone has changed, added or removed is chosen', () => {
  const mine = content({ body: '<p>một sửa</p><p>hai</p><p>ba</p><p>bốn</p>', place: 'Đắk Som' });
  const theirs = content({ body: '<p>một</p><p>ba</p>', abstract: 'Hội nghị giao ban', urgency: 'urgent' });
  const joined = join(content(), mine, theirs);
  assert.equal(joined.body, '<p>một sửa</p><p>ba</p><p>bốn</p>');
  assert.equal(joined.place, 'Đắk Som');
  assert.equal(joined.abstract, 'Hội nghị giao ban');
  assert.equal(joined.urgency, 'urgent');
});

test('what both have changed stays in both, and is named', () => {
  const mine = content({ body: '<p>một của tôi</p><p>hai</p><p>ba</p>' });
  const theirs = content({ body: '<p>một của họ</p><p>hai</p><p>ba</p>' });
  const [clash] = between(content(), mine, theirs).filter((row) => row.both);
  assert.deepEqual([clash.field, clash.choice], ['body', 'both']);
  assert.equal(join(content(), mine, theirs).body, '<p>một của tôi</p><p>một của họ</p><p>hai</p><p>ba</p>');
});

test('a field of one line that both have changed is one\'s own until another is chosen', () => {
  const [mine, theirs] = [content({ abstract: 'của tôi' }), content({ abstract: 'của họ' })];
  const found = between(content(), mine, theirs);
  assert.equal(combined(found, theirs).abstract, 'của tôi');
  found.find((row) => row.field === 'abstract').choice = 'theirs';
  assert.equal(combined(found, theirs).abstract, 'của họ');
});

test('choosing one side everywhere makes that side again', () => {
  const table = '<table class="directives"><thead><tr><th>TT</th></tr></thead><tbody><tr><td>1</td></tr><tr><td>2</td></tr></tbody></table>';
  const mine = content({ body: `<p>x</p>${table}<p>hai</p>`, recipients: ['A', 'B'], appendices: [{ title: 'P', body: '<p>a</p>', landscape: false }] });
  const theirs = content({ body: '<p>ba</p>', signatures: [] });
  for (const [choice, wanted] of [['mine', mine], ['theirs', theirs]]) {
    const found = between(content(), mine, theirs);
    for (const row of found) row.choice = choice;
    assert.deepEqual(combined(found, theirs), wanted);
  }
});

test('rows of a table are chosen one by one', () => {
  const table = (...cells) => `<table class="directives"><thead><tr><th>TT</th></tr></thead><tbody>${cells.map((cell) => `<tr><td>${cell}</td></tr>`).join('')}</tbody></table>`;
  const base = content({ body: table('a', 'b', 'c') });
  const joined = join(base, content({ body: table('a', 'b mới', 'c') }), content({ body: table('a', 'b', 'c', 'd') }));
  assert.equal(joined.body, table('a', 'b mới', 'c', 'd'));
});

test('a body taken apart into rows is put together to the letter', () => {
  const open = '<table><tbody>';
  const parts = ['<p>a</p>', `${open}<tr><td>1</td></tr></tbody></table>`, '<h2>b</h2>'];
  assert.equal(bodyFrom(parts.flatMap(rowsOf)), parts.join(''));
  assert.equal(bodyFrom([{ open }, '<p>a</p>']), '<p>a</p>', 'a table without rows');
});

test('the state is what matters most, and never better than it is', () => {
  const all = { gone: false, theirs: null, saving: false, live: true, refused: '', locked: false, dirty: false };
  const state = (fields) => standing({ ...all, ...fields });
  assert.equal(state({}), 'saved');
  assert.equal(state({ dirty: true }), 'unsaved');
  assert.equal(state({ dirty: true, saving: true }), 'saving');
  assert.equal(state({ dirty: true, saving: true, live: false }), 'waiting');
  assert.equal(state({ dirty: true, refused: 'x' }), 'refused');
  assert.equal(state({ dirty: true, theirs: {}, saving: true }), 'conflict');
  assert.equal(state({ locked: true }), 'locked');
  assert.equal(state({ locked: true, dirty: true }), 'unsaved');
  assert.equal(state({ gone: true, dirty: true }), 'gone');
});

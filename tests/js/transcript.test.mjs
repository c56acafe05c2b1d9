// Transcripts: what is read of them, to whom and to which moment it belongs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moments, NotATranscript, readTranscript, speakerNamed } from '../../static/js/transcript.js';

const VTT = `\uFEFFWEBVTT - Giao ban

NOTE
Ghi bằng máy

STYLE
::cue { color: white }

1
00:00:05.000 --> 00:00:08.500 align:start
<v Trần Nam Thuần>Chào các đồng chí,</v>

2
00:00:09.000 --> 00:00:12.000
<v.loud Trần Nam Thuần>ta bắt đầu <i>phiên</i> giao ban &amp; chỉ đạo.

00:01:00.000 --> 00:01:03.000
<v K'Brông>Xã Quảng Sơn xin báo cáo.

01:00:00,250 --> 01:00:02,000
Cao Đình Khải: Phòng xin bổ sung.
`;

test('WebVTT: voices, tags, entities, notes; what goes on is one line', () => {
  assert.deepEqual(readTranscript(VTT.replaceAll('\n', '\r\n')), {
    kind: 'vtt',
    lines: [
      { seconds: 5, name: 'Trần Nam Thuần', text: 'Chào các đồng chí, ta bắt đầu phiên giao ban & chỉ đạo.' },
      { seconds: 60, name: "K'Brông", text: 'Xã Quảng Sơn xin báo cáo.' },
      { seconds: 3600.25, name: 'Cao Đình Khải', text: 'Phòng xin bổ sung.' },
    ],
  });
});

test('text: names, times, and lines that go on', () => {
  const text = "Lời mở đầu.\n08:05 K'Brông: Xã báo cáo:\nthu đạt 40%.\n\n[08:10:30] Bà Lê Thị B: Tôi hỏi lúc 8:30 có họp?\nTrả lời : có.";
  assert.deepEqual(readTranscript(text).lines, [
    { seconds: null, name: '', text: 'Lời mở đầu.' },
    { seconds: 29_100, name: "K'Brông", text: 'Xã báo cáo: thu đạt 40%.' },
    { seconds: 29_430, name: 'Bà Lê Thị B', text: 'Tôi hỏi lúc 8:30 có họp?' },
    { seconds: null, name: 'Trả lời', text: 'có.' },
  ]);
});

test('a long speech is cut after a sentence, and nothing of it is lost', () => {
  const speech = 'Một câu dài vừa phải. '.repeat(200).trim();
  const { lines } = readTranscript(`A: ${speech}`);
  assert.ok(lines.length > 1 && lines.every(({ text, name }) => text.length <= 1500 && text.endsWith('.') && name === 'A'));
  assert.equal(lines.map(({ text }) => text).join(' '), speech);
  const word = 'x'.repeat(4000);
  assert.equal(readTranscript(`A: ${word}`).lines.map(({ text }) => text).join(''), word);
});

test('what is no transcript says why', () => {
  const reason = (source) => {
    try {
      readTranscript(source);
    } catch (error) {
      assert.ok(error instanceof NotATranscript);
      return error.reason;
    }
    return null;
  };
  assert.equal(reason(' \n\t '), 'empty');
  assert.equal(reason('x'.repeat(2_000_001)), 'large');
  assert.equal(reason('A: x\nB: y\n'.repeat(1001)), 'large');
  assert.equal(reason('PK\u0003\u0004\u0000word/document.xml'), 'binary');
  assert.equal(reason('\uFFFD\uFFFDab'), 'binary');
  assert.equal(reason('WEBVTT\n\nNOTE nothing\n'), 'no_lines');
  assert.equal(reason('WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v A></v>\n'), 'no_lines');
});

test('a file of a megabyte is read at once', () => {
  const cue = (at) => `00:${String(Math.floor(at / 60) % 60).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}.000 --> 00:59:59.000\n<v A${at}>${'lời '.repeat(150)}\n`;
  const lines = Array.from({ length: 1500 }, (_, at) => cue(at));
  assert.equal(readTranscript(`WEBVTT\n\n${lines.join('\n')}`).lines.length, 1500);
});

const FROM = Date.parse('2026-11-26T08:00:00+07:00');
const TO = Date.parse('2026-11-26T10:00:00+07:00');

test('the cues of a recording, and times of day, become moments of the meeting', () => {
  const times = { began: FROM + 60_000, from: FROM, to: TO };
  const line = (seconds) => ({ seconds, name: '', text: 'x' });
  const of = (kind, ...seconds) => moments({ kind, lines: seconds.map(line) }, times);
  assert.deepEqual(of('vtt', 0, 90.5, null, 7200), [
    '2026-11-26T01:01:00.000Z', '2026-11-26T01:02:30.500Z', null, null,
  ]);
  // 08:05, and 07:59, which is before the opening.
  assert.deepEqual(of('text', 29_100, 28_740), ['2026-11-26T01:05:00.000Z', null]);
  // Not a time of this day's meeting: counted from the beginning of the recording.
  assert.deepEqual(of('text', 30), ['2026-11-26T01:01:30.000Z']);
});

test('names are matched without marks, honorifics and titles, and never guessed', () => {
  const people = [
    { id: 1, name: 'Trần Nam Thuần', units: ['UBND huyện Đắk Glong'] },
    { id: 2, name: "K'Brông", units: ['Xã Quảng Sơn', 'UBND xã Quảng Sơn'] },
    { id: 3, name: 'Lê Thị Hoa', units: ['Phòng Nội vụ'] },
    { id: 4, name: 'Lê Thị Hòa', units: ['Phòng Nội vụ'] },
  ];
  const found = (name) => speakerNamed(name, people)?.id ?? null;
  assert.equal(found('TRAN NAM THUAN'), 1);
  assert.equal(found('Đồng chí Trần Nam Thuần'), 1);
  assert.equal(found('Ông K’Brông - Chủ tịch'), 2);
  assert.equal(found('UBND xã Quảng Sơn (điểm cầu)'), 2);
  assert.equal(found('Lê Thị Hoa'), null); // two people are called so
  assert.equal(found('Phòng Nội vụ'), null);
  assert.equal(found('Người lạ'), null);
  assert.equal(found(''), null);
});

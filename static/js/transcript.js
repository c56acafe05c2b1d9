// A transcript as lines that can be recorded: WebVTT, or text of the form "Name: words". Pure
// functions: nothing here knows of the page or the network.

import { fold } from './lib.js';

const LARGEST = 2_000_000; // characters; a day of speech has fewer
const MOST_LINES = 2000;
const LONGEST_LINE = 1500; // characters: longer speech goes on in a line of its own
const PAUSE_SECONDS = 8; // after a longer one the same speaker begins a new line
const DAY_SECONDS = 86_400;
const VIETNAM_SECONDS = 7 * 3600; // ahead of UTC, all year

// WebVTT (W3C), 4.1: "(hours:)minutes:seconds.milliseconds", the hours of two digits or more.
const CUE_TIME = /^\s*((?:\d{2,}:)?\d{2}:\d{2}[.,]\d{3})\s+-->\s+((?:\d{2,}:)?\d{2}:\d{2}[.,]\d{3})/;
const VOICE = /<v(?:\.[^\s>]*)?\s+([^>]*)>/;
const STAMP = /^[[(]?(\d{1,2}:\d{2}(?::\d{2})?)[\])]?\s+(?:-\s+)?/;
const NAMED = /^(\p{L}[^:：\n]{0,79})[:：](?:\s+|$)/u;
const ENTITIES = { amp: '&', lt: '<', gt: '>', nbsp: ' ', lrm: '', rlm: '' };
const HONORIFICS = /^(?:ong|ba|anh|chi|dong chi|dc|d\/c)\.? /;

/** A text that cannot be read as a transcript; `reason` is `empty`, `large`, `binary` or `no_lines`. */
export class NotATranscript extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * Read a transcript.
 *
 * @param {string} source the file's or the pasted text
 * @returns {{kind: 'vtt'|'text', lines: {seconds: ?number, name: string, text: string}[]}}
 *   `seconds` from the beginning of the recording, or the time of day where it is a text;
 *   `name` is empty where nobody is named
 * @throws {NotATranscript}
 */
export function readTranscript(source) {
  if (source.length > LARGEST) throw new NotATranscript('large');
  const text = source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n').normalize('NFC');
  if (text.trim() === '') throw new NotATranscript('empty');
  // A file of another kind (DOCX, audio) read as text: U+FFFD where its bytes are none.
  if (/[\u0000-\u0008\u000E-\u001F]/.test(text) || (text.match(/\uFFFD/g)?.length ?? 0) > text.length / 100) {
    throw new NotATranscript('binary');
  }
  const kind = /^WEBVTT(?:[ \t\n]|$)/.test(text) ? 'vtt' : 'text';
  const spoken = kind === 'vtt' ? cues(text) : paragraphs(text);
  const lines = joined(spoken.filter(({ text: words }) => words !== ''));
  if (lines.length === 0) throw new NotATranscript('no_lines');
  if (lines.length > MOST_LINES) throw new NotATranscript('large');
  return { kind, lines: lines.map(({ seconds, name, text: words }) => ({ seconds, name, text: words })) };
}

function cues(text) {
  const found = [];
  for (const block of text.split(/\n{2,}/)) {
    const rows = block.split('\n');
    const at = rows.findIndex((row) => CUE_TIME.test(row));
    // A header, a note, a style or a region has no time of its own.
    if (at < 0 || at > 1) continue;
    const [, begins, ends] = CUE_TIME.exec(rows[at]);
    let name = '';
    for (const row of rows.slice(at + 1)) {
      const voice = VOICE.exec(row);
      if (voice) name = plain(voice[1]);
      const words = plain(row.replace(/<[^>]*>/g, ''));
      const named = voice ? null : NAMED.exec(words);
      if (named) name = named[1].trim();
      found.push({
        seconds: secondsOf(begins),
        until: secondsOf(ends),
        name,
        text: named ? words.slice(named[0].length).trim() : words,
      });
    }
  }
  return found;
}

function paragraphs(text) {
  const found = [];
  for (const row of text.split('\n')) {
    let words = row.trim();
    const stamp = STAMP.exec(words);
    if (stamp) words = words.slice(stamp[0].length);
    const named = NAMED.exec(words);
    if (named) words = words.slice(named[0].length).trim();
    const before = found.at(-1);
    const seconds = stamp ? secondsOf(stamp[1].length > 5 ? stamp[1] : `${stamp[1]}:00`) : null;
    // What names nobody goes on with what was said before it.
    if (!named && !stamp && before) before.text = `${before.text} ${words}`.trim();
    else found.push({ seconds, until: null, name: named?.[1].trim() ?? '', text: words });
  }
  return found.flatMap((line) => pieces(line.text).map((words) => ({ ...line, text: words })));
}

// What the same voice says without a pause is one line.
function joined(spoken) {
  const lines = [];
  for (const next of spoken) {
    const last = lines.at(-1);
    const goesOn = last && last.until !== null && last.name === next.name &&
      next.seconds - last.until <= PAUSE_SECONDS && last.text.length + next.text.length < LONGEST_LINE;
    if (goesOn) Object.assign(last, { text: `${last.text} ${next.text}`, until: next.until });
    else lines.push({ ...next });
  }
  return lines;
}

// A long text in pieces that end with a sentence, or at least with a word.
function pieces(text) {
  const found = [];
  let rest = text;
  while (rest.length > LONGEST_LINE) {
    const part = rest.slice(0, LONGEST_LINE);
    const end = Math.max(part.lastIndexOf('. '), part.lastIndexOf('? ')) + 1 || part.lastIndexOf(' ');
    const cut = end > 0 ? end : LONGEST_LINE;
    found.push(rest.slice(0, cut).trim());
    rest = rest.slice(cut).trim();
  }
  return [...found, rest];
}

function plain(words) {
  return words
    .replace(/&(\w+);/g, (whole, name) => ENTITIES[name] ?? whole)
    .replace(/\s+/g, ' ')
    .trim();
}

// "01:02:03.456", "02:03.456" or "08:15:00" in seconds.
function secondsOf(time) {
  return time.replace(',', '.').split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

/**
 * The moment in the meeting that each line belongs to.
 *
 * @param {{kind: string, lines: object[]}} transcript what `readTranscript` gives
 * @param {{began: number, from: number, to: number}} times in milliseconds: when the recording
 *   began, when the meeting was opened, and now
 * @returns {(?string)[]} by line: RFC 3339, or null where the moment is not known or lies
 *   outside the meeting
 */
export function moments({ kind, lines }, { began, from, to }) {
  const midnight = from - (((from / 1000 + VIETNAM_SECONDS) % DAY_SECONDS) * 1000);
  const inside = (moment) => moment >= from && moment <= to;
  // The times of a text are times of day where the first of them falls into the meeting.
  const first = lines.find(({ seconds }) => seconds !== null)?.seconds ?? null;
  const zero = kind === 'text' && first !== null && inside(midnight + first * 1000) ? midnight : began;
  return lines.map(({ seconds }) => {
    const moment = seconds === null ? NaN : zero + seconds * 1000;
    return inside(moment) ? new Date(moment).toISOString() : null;
  });
}

/**
 * Whom a transcript's name means: a person of that name, with or without honorific and title, or
 * the one person of the unit that it names. Marks and case do not count.
 *
 * @param {string} name as the transcript has it
 * @param {{name: string, units: string[]}[]} people who may be speaking
 * @returns {?object} one of `people`; null where it is nobody, or could be several
 */
export function speakerNamed(name, people) {
  const wanted = fold(name).replace(HONORIFICS, '');
  if (wanted === '') return null;
  const within = (text) => text !== '' && ` ${wanted.replace(/[^\p{L}\p{N}']+/gu, ' ')} `.includes(` ${text} `);
  const only = (found) => (found.length === 1 ? found[0] : null);
  const called = people.filter((person) => fold(person.name) === wanted);
  if (called.length > 0) return only(called);
  const named = people.filter((person) => within(fold(person.name)));
  if (named.length > 0) return only(named);
  return only(people.filter(({ units }) => units.some((unit) => within(fold(unit)))));
}

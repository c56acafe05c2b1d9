// What the server understands of the directives that are being typed. It is asked when the
// writer pauses, and never needed: without an answer a directive is given as it stands.

import { day } from './lib.js';

const PAUSE_MS = 250;

const readings = new Map(); // by the key of what is read: {text, answer, answered, timer, asking}
let composing = false; // an input method is at work: the text is not what it will be

/** A moment's day in Vietnam, `2026-03-02`. */
export function isoDay(moment) {
  return day(moment).split('/').reverse().join('-');
}

/**
 * Read what has changed.
 *
 * @param {object} c the console
 * @param {{key: string, text: string, on: string}[]} wanted the texts that are directives now, and
 *   the day on which each is given; what is no longer among them is forgotten
 */
export function read(c, wanted) {
  for (const key of readings.keys()) {
    if (!wanted.some((one) => one.key === key)) forget(key);
  }
  if (composing || c.feed.state !== 'live') return;
  for (const { key, text, on } of wanted) {
    const words = text.trim();
    if (words === '') {
      forget(key);
    } else if (readings.get(key)?.text !== words) {
      const reading = { answer: null, ...readings.get(key), text: words };
      readings.set(key, reading);
      clearTimeout(reading.timer);
      reading.timer = setTimeout(() => ask(c, key, words, on), PAUSE_MS);
    }
  }
}

function forget(key) {
  const reading = readings.get(key);
  clearTimeout(reading?.timer);
  reading?.asking?.abort();
  readings.delete(key);
}

async function ask(c, key, text, on) {
  const reading = readings.get(key);
  reading.asking?.abort();
  reading.asking = new AbortController();
  let answer = null;
  try {
    const response = await fetch('/api/v1/directives/parse', {
      method: 'POST',
      headers: {
        'Accept-Language': document.documentElement.lang,
        'Content-Type': 'application/json',
        'X-Account': String(c.me.account_id),
      },
      body: JSON.stringify({ text, date: on }),
      signal: reading.asking.signal,
    });
    if (response.ok) answer = await response.json();
  } catch {
    // No network, or a newer text: nobody has to hear of it.
  }
  // The newest text's answer counts. Without one, what was understood before still stands.
  const now = readings.get(key);
  if (now?.text !== text) return;
  if (answer) Object.assign(now, { answer, answered: text });
  else now.text = null; // asked again with the next key, or when the connection is back
  c.update();
}

/** What was understood: null before there is an answer. */
export const answerTo = (key) => readings.get(key)?.answer ?? null;

/** Whether a text has its answer. */
export const isRead = (key, text) => readings.get(key)?.answered === text.trim();

/**
 * Hear of input methods and of the connection.
 *
 * @param {object} c the console
 * @param {() => void} again looks for what is to be read
 */
export function followReading(c, again) {
  document.addEventListener('compositionstart', () => {
    composing = true;
  });
  document.addEventListener('compositionend', () => {
    composing = false;
    again();
  });
  c.feed.addEventListener('state', again);
}

// Small helpers that every live page shares: Vietnamese times and dates, folding for
// searches, and the page's data.

const ZONE = 'Asia/Ho_Chi_Minh';
const CLOCK = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
});

/** What the server put into the page: `{meeting_id, me, lang, strings}`. */
export function pageData() {
  return JSON.parse(document.getElementById('page-data').textContent);
}

/**
 * The page's words.
 *
 * @param {object} strings by key; `{name}` in one stands for a value
 * @returns {(key: string, values?: object) => string}
 */
export function translator(strings) {
  return (key, values = {}) =>
    (strings[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** The time of day in Vietnam, `08:05`, of an RFC 3339 time or of milliseconds. */
export function clock(value) {
  return value === null || value === undefined ? '' : CLOCK.format(new Date(value));
}

/** The day in Vietnam, `12/10/2023`. */
export function day(value) {
  return value === null || value === undefined ? '' : DAY.format(new Date(value));
}

/**
 * Order by `at`, then by id. The server writes all its times with Vietnam's offset, so their
 * texts stand in the order of the times; long lists are sorted with every change.
 */
export function byTime(one, other) {
  if (one.at !== other.at) return one.at < other.at ? -1 : 1;
  return one.id - other.id;
}

/** A span of seconds as a clock shows it: `4:05`, from an hour on `1:04:05`. */
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, '0');
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}

const ROMAN = ['', 'I', 'II', 'III', 'IV'];

/**
 * A due date as offices write it.
 *
 * @param {string|null} due null, a date, a date-time, `2023-11`, `2023-Q4` or `ongoing`
 * @param {(key: string, values?: object) => string} t the page's words: `due_ongoing`,
 *   `due_month`, `due_quarter`, `due_moment`
 * @returns {string} empty where there is none
 */
export function dueText(due, t) {
  if (!due) return '';
  if (due === 'ongoing') return t('due_ongoing');
  const quarter = /^(\d{4})-Q([1-4])$/.exec(due);
  if (quarter) return t('due_quarter', { quarter: ROMAN[quarter[2]], year: quarter[1] });
  const month = /^(\d{4})-(\d{2})$/.exec(due);
  if (month) return t('due_month', { month: month[2], year: month[1] });
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(due);
  if (date) return `${date[3]}/${date[2]}/${date[1]}`;
  const moment = inVietnam(due);
  const [hour, minute] = clock(moment).split(':');
  return t('due_moment', { hour, minute, day: day(moment) });
}

/** A date-time as a time that names its offset: without one it is Vietnam's wall clock. */
export function inVietnam(moment) {
  return /(Z|[+-]\d\d:\d\d)$/.test(moment) ? moment : `${moment}+07:00`;
}

// Kept equal to `fold` of core/text.py, so that lists narrow as the server's search does.
/** Lower case, without marks, `đ` as `d`, one kind of apostrophe: "Đắk R’Măng" → "dak r'mang". */
export function fold(text) {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd')
    .replace(/[’‘ʼ`]/g, "'")
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * How well a folded query fits a text: every word of the query must begin a word in it.
 *
 * @returns {number} 0 for no fit; more for a fit nearer to the beginning
 */
export function fits(text, query) {
  const folded = fold(text);
  // With and without apostrophes: people look for "rmang" as well as for "r'mang".
  const where = ` ${folded} ${folded.replaceAll("'", '')}`;
  // The words together and in this order are meant rather than here and there.
  let score = query !== '' && where.includes(` ${query}`) ? 3 : 1;
  for (const word of query.split(' ')) {
    if (word === '') continue;
    const at = where.search(new RegExp(`[^\\p{L}\\p{N}]${escape(word)}`, 'u'));
    if (at < 0) return 0;
    score += 1 / (1 + at);
  }
  return score;
}

function escape(word) {
  return word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** A unit by its short name, as people say it. */
export function unitName(unit) {
  return unit ? unit.short_name || unit.name : '';
}

/** A setting of this browser under a name; nothing where storage is forbidden or full. */
export const setting = {
  get(name) {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      if (value === null) localStorage.removeItem(name);
      else localStorage.setItem(name, JSON.stringify(value));
    } catch {
      // The page itself still holds it.
    }
  },
};

// How the participant's page writes hours, days, people and units.

import { clock, day, unitName } from './lib.js';

/**
 * @param {object} options
 * @param {import('./feed.js').Feed} options.feed
 * @param {(key: string, values?: object) => string} options.t the page's words
 * @param {string} options.lang the page's language
 */
export function wordsOf({ feed, t, lang }) {
  const hour = (value) => {
    const [hours, minutes] = clock(value).split(':');
    return t('clock', { hour: Number(hours), minute: minutes }).replaceAll(' ', '\u00a0');
  };
  const longDay = (value) => {
    const weekday = new Intl.DateTimeFormat(lang, { weekday: 'long', timeZone: 'Asia/Ho_Chi_Minh' });
    return `${weekday.format(new Date(value))}, ${day(value)}`;
  };
  const unit = (id) => unitName(feed.get('unit', id));
  const person = (id) => feed.get('person', id);

  return {
    hour,
    unit,
    length: (minutes) => (minutes < 60
      ? t('minutes', { minutes })
      : t('hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 })),
    // The day is named only where it is not today.
    hourAndDay: (value) => (day(value) === day(feed.now())
      ? hour(value)
      : t('clock_and_day', { clock: hour(value), day: day(value) })),
    when: ({ starts_at: starts, ends_at: ends }) => {
      const hours = ends ? t('from_to', { start: hour(starts), end: hour(ends) }) : hour(starts);
      return `${hours}, ${longDay(starts)}`;
    },
    units: (ids) => ids.map(unit).filter(Boolean).join(', '),
    name: (personId) => person(personId)?.name ?? '',
    /** Who speaks: of an entry, or of somebody who asks for the floor. */
    speaker: ({ person_id: id, speaker_name: name, unit_id: of }) => ({
      name: person(id)?.name ?? name ?? '',
      unit: unit(of ?? unitOf(feed, id)),
    }),
  };
}

// For whom somebody sits in this meeting; their own unit where they are not invited.
function unitOf(feed, personId) {
  const attendance = feed.all('attendance').find((one) => one.person_id === personId);
  return attendance?.unit_id ?? feed.get('person', personId)?.unit_id;
}

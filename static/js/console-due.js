// A directive's deadline: as its fields hold it, and as the server has it.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { clock, day, dueText, inVietnam } from './lib.js';

const DUES = ['none', 'date', 'moment', 'month', 'quarter', 'ongoing'];

/** A due date as the fields hold it: the kind, and one value for each kind of field. */
export function splitDue(c, due) {
  const parts = { kind: 'none', day: '', time: '17:00', month: '', quarter: '', year: day(c.meeting.starts_at).slice(-4) };
  if (due === null) return parts;
  if (due === 'ongoing') return { ...parts, kind: 'ongoing' };
  const quarter = /^(\d{4})-Q(\d)$/.exec(due);
  if (quarter) return { ...parts, kind: 'quarter', year: quarter[1], quarter: quarter[2] };
  if (/^\d{4}-\d{2}$/.test(due)) return { ...parts, kind: 'month', year: due.slice(0, 4), month: due.slice(5) };
  if (/^\d{4}-\d{2}-\d{2}$/.test(due)) return { ...parts, kind: 'date', day: dueText(due) };
  const moment = inVietnam(due);
  return { ...parts, kind: 'moment', day: day(moment), time: clock(moment) };
}

/** What the fields hold, in the form that docs/live.md gives; undefined where something is missing. */
export function joinDue({ kind, day: typed, time, month, quarter, year }) {
  if (kind === 'none') return null;
  if (kind === 'ongoing') return 'ongoing';
  if (kind === 'date') return readDay(typed, year);
  if (kind === 'moment') {
    const [date, hour] = [readDay(typed, year), readTime(time)];
    return date && hour ? `${date}T${hour}:00+07:00` : undefined;
  }
  if (!/^\d{4}$/.test(year)) return undefined;
  if (kind === 'month') return month ? `${year}-${month}` : undefined;
  return quarter ? `${year}-Q${quarter}` : undefined;
}

// "30/11/2023", "30-11-23" or "30/11" as a date; undefined where there is no such day. Typed
// as offices write it: a browser's own field follows the browser's language, month first.
function readDay(text, year) {
  const found = /^\s*(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{2}|\d{4}))?\s*$/.exec(text);
  if (!found) return undefined;
  const [, date, month, typed = year] = found;
  const full = typed.length === 2 ? `20${typed}` : typed;
  const iso = `${full}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  const real = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(real.getTime()) && real.toISOString().startsWith(iso) ? iso : undefined;
}

/** "17:00", "17h30", "17 giờ" or "17" as a time of day; undefined where it is none. */
export function readTime(text) {
  const found = /^\s*(\d{1,2})\s*(?:[:h.g]\D*(\d{1,2})?\D*)?$/i.exec(text);
  if (!found || Number(found[1]) > 23 || Number(found[2] ?? 0) > 59) return undefined;
  return `${found[1].padStart(2, '0')}:${(found[2] ?? '0').padStart(2, '0')}`;
}

/** The fields of a directive's deadline. */
export function dueFields(c, form) {
  const { t } = c;
  const { due, errors } = form;
  const bad = errors.due ? 'true' : nothing;
  const set = (name) => (event) => {
    due[name] = event.target.value;
    form.errors = {};
    c.changed();
  };
  const dayField = html`<input class="day" autocomplete="off" inputmode="numeric" aria-label=${t('due_day')}
    aria-invalid=${bad} placeholder=${t('due_day_form')} .value=${live(due.day)} @input=${set('day')}>`;
  const year = html`<input class="short" inputmode="numeric" maxlength="4" aria-label=${t('year')}
    aria-invalid=${bad} .value=${live(due.year)} @input=${set('year')}>`;
  const values = {
    date: dayField,
    moment: html`${dayField}<input class="short" autocomplete="off" aria-label=${t('due_time')} aria-invalid=${bad}
      .value=${live(due.time)} @input=${set('time')}>`,
    month: html`<select aria-label=${t('month')} aria-invalid=${bad} .value=${live(due.month)} @change=${set('month')}>
      <option value="">${t('month')}</option>
      ${Array.from({ length: 12 }, (_, at) => String(at + 1).padStart(2, '0')).map(
        (month) => html`<option value=${month} ?selected=${month === due.month}>${month}</option>`,
      )}</select>${year}`,
    quarter: html`<select aria-label=${t('quarter')} aria-invalid=${bad} .value=${live(due.quarter)} @change=${set('quarter')}>
      <option value="">${t('quarter')}</option>
      ${['I', 'II', 'III', 'IV'].map((name, at) => html`<option value=${at + 1}
        ?selected=${String(at + 1) === due.quarter}>${name}</option>`)}</select>${year}`,
  };
  return html`
    <div class="field due" data-zone="form">
      <label for="due-kind">${t('due')}</label>
      <div class="due-row">
        <select id="due-kind" .value=${live(due.kind)} @change=${set('kind')}>
          ${DUES.map((kind) => html`<option value=${kind} ?selected=${kind === due.kind}>${t(`due_kind_${kind}`)}</option>`)}
        </select>
        ${values[due.kind] ?? nothing}
      </div>
      <p class="field-error" role="alert" ?hidden=${!errors.due}>${errors.due}</p>
      <label class="visually-hidden" for="due-text">${t('due_text')}</label>
      <input id="due-text" autocomplete="off" maxlength="500" placeholder=${t('due_text')}
        .value=${live(form.due_text)} @input=${(event) => {
          form.due_text = event.target.value;
          c.changed();
        }}>
    </div>`;
}

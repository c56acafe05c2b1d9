// The tab for attendance: every invited person in protocol order, marked with one key.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { readTime } from './console-due.js';
import { sites } from './console-presence.js';
import { rowKeys } from './console-rows.js';
import { best, composing } from './console-units.js';
import { clock, day, unitName } from './lib.js';
import { here, invited, late, leftEarly } from './room-model.js';

/** Each status with its key. */
const STATUSES = [
  ['on_site', '1'],
  ['online', '2'],
  ['absent', '3'],
  ['unknown', '0'],
];
const KEPT = ['status', 'reason', 'deputy_name', 'arrived_at', 'left_at'];

/** The attendance of a person, as it will be when what is on its way has arrived. */
function attendanceOf(c, personId) {
  const now = c.feed.all('attendance').find((other) => other.person_id === personId);
  let seen = now ?? { person_id: personId, status: 'unknown', reason: null, deputy_name: null };
  for (const { name, args } of c.feed.pending) {
    if (name === 'attendance.mark' && args.person_id === personId) seen = { ...seen, ...args };
  }
  return seen;
}

/** How many people are invited, and how many are here. */
export function headcount(c) {
  const people = invited(c.feed);
  return { people: people.length, here: people.filter(({ person_id: id }) => here(attendanceOf(c, id))).length };
}

function mark(c, personId, args) {
  const before = attendanceOf(c, personId);
  const name = c.feed.get('person', personId)?.name ?? '';
  c.send('attendance.mark', { person_id: personId, ...args }).then(() => {
    const now = attendanceOf(c, personId);
    const status = c.t(now.left_at && !before.left_at ? 'marked_left' : `status_${args.status}`);
    if (KEPT.every((field) => (now[field] ?? null) === (before[field] ?? null))) return;
    c.toast(c.t('marked', { name, status }), () => c.send('attendance.mark', { person_id: personId, ...asItWas(before) }));
  });
}

// What the command needs to bring back an attendance: whoever is not here has no times.
function asItWas({ status, reason = null, deputy_name = null, arrived_at = null, left_at = null }) {
  const came = here({ status, deputy_name, left_at: null });
  return { status, reason, deputy_name, ...(came ? { arrived_at, left_at } : {}) };
}

function setStatus(c, personId, status) {
  // A reason belongs to an absence only.
  mark(c, personId, status === 'absent' ? { status } : { status, reason: null });
  if (status === 'absent') openDetails(c, personId, 'reason');
  else if (c.ui.details?.person_id === personId) c.ui.details = null;
}

// Whoever is here leaves now; once more, and they have not left.
function leave(c, personId) {
  const { status, deputy_name, arrived_at: arrived, left_at: left } = attendanceOf(c, personId);
  if (!here({ status, deputy_name })) return;
  // (Our clock may be behind the server's by as long as the answer was under way.)
  const now = new Date(Math.max(c.feed.now(), Date.parse(arrived ?? 0)));
  mark(c, personId, { status, left_at: left ? null : now.toISOString() });
}

function openDetails(c, personId, field) {
  const { reason, deputy_name, arrived_at: arrived, left_at: left } = attendanceOf(c, personId);
  if (c.ui.details?.person_id !== personId) {
    c.ui.details = {
      person_id: personId,
      reason: reason ?? '',
      deputy: deputy_name ?? '',
      arrived: clock(arrived),
      left: clock(left),
      error: '',
    };
  }
  c.changed();
  c.focus(`#${field}-${personId}`);
}

// A time of the meeting's day; null where the field is empty, undefined where it is no time. What
// stands there already keeps its seconds.
function moment(c, typed, before) {
  if (typed.trim() === '') return null;
  const time = readTime(typed);
  if (!time || time === clock(before)) return time && before;
  const [date, month, year] = day(c.meeting.opened_at ?? c.feed.now()).split('/');
  return `${year}-${month}-${date}T${time}:00+07:00`;
}

function saveDetails(c) {
  const { person_id: personId, reason, deputy, arrived, left } = c.ui.details;
  const before = attendanceOf(c, personId);
  const args = { status: before.status, reason: reason.trim() || null, deputy_name: deputy.trim() || null };
  if (here(args)) {
    const [arrived_at, left_at] = [moment(c, arrived, before.arrived_at), moment(c, left, before.left_at)];
    if (arrived_at === undefined || left_at === undefined) {
      c.ui.details.error = c.t('time_wrong');
      c.update();
      return;
    }
    // Without a time of arrival it is this moment.
    Object.assign(args, arrived_at === null ? {} : { arrived_at }, { left_at });
  }
  mark(c, personId, args);
  c.ui.details = null;
  c.changed();
  const next = document.querySelector(`#person-${personId} + .attendee`);
  c.focus(`#${next?.id ?? `person-${personId}`}`);
}

/** Focus the list: the first person who is not marked yet. */
export function focusAttendance(c) {
  const people = invited(c.feed);
  const first = people.find(({ person_id: id }) => attendanceOf(c, id).status === 'unknown') ?? people[0];
  c.ui.tab = 'attendance';
  c.changed();
  if (first) c.focus(`#person-${first.person_id}`);
}

function row(c, participant, first) {
  const { t } = c;
  const { person_id: id } = participant;
  const person = c.feed.get('person', id);
  const seen = attendanceOf(c, id);
  const { status, reason, deputy_name: deputy } = seen;
  const open = c.ui.details?.person_id === id;
  // The focus stays: the next key (a deputy, a correction) is about the same person.
  const acts = { t: () => openDetails(c, id, 'deputy'), v: () => leave(c, id) };
  for (const [name, key] of STATUSES) acts[key] = () => setStatus(c, id, name);
  const unit = unitName(c.feed.get('unit', participant.unit_id));
  return html`
    <li class="attendee" id="person-${id}" data-row tabindex=${first ? 0 : -1} data-zone="attendance"
      aria-label="${person?.name ?? ''}, ${unit}: ${t(`status_${status}`)}"
      @keydown=${(event) => rowKeys(c, event, c.mayMark, acts)}>
      <div class="attendee-who" title=${person?.title ?? nothing}>
        <p><b>${person?.name ?? ''}</b> ${unit ? html`<span class="muted">${unit}</span>` : nothing}</p>
        ${deputy ? html`<p class="small">${t('deputy_is', { name: deputy })}</p>` : nothing}
        ${times(c, seen)}
        ${reason && status === 'absent' ? html`<p class="small">${t('reason_is', { reason })}</p>` : nothing}
      </div>
      ${c.mayMark
        ? html`<div class="attendee-marks" role="group" aria-label=${t('attendance')}>
            ${STATUSES.map(([name, key]) => html`
              <button class="mark mark-${name}" tabindex="-1" aria-pressed=${name === status}
                title="${t(`status_${name}`)} (${key})" @click=${() => setStatus(c, id, name)}
                >${t(`mark_${name}`)}</button>`)}
            <button class="btn btn-quiet btn-small" tabindex="-1" title="${t('deputy')} (t)"
              @click=${() => openDetails(c, id, 'deputy')}>${t('deputy_short')}</button>
          </div>`
        : html`<span class="badge ${here(seen) ? 'badge-accent' : ''}">${t(`status_${status}`)}</span>`}
      ${open ? details(c, status) : nothing}
    </li>`;
}

// Who came with the opening and stayed has no times worth a word.
function times(c, seen) {
  const { t, meeting } = c;
  const words = [];
  if (late(meeting, seen)) words.push(t('came_late', { time: clock(seen.arrived_at) }));
  if (leftEarly(meeting, seen)) words.push(t('left_early', { time: clock(seen.left_at) }));
  return words.length > 0 ? html`<p class="small">${words.join(' · ')}</p>` : nothing;
}

function details(c, status) {
  const { t } = c;
  const form = c.ui.details;
  const id = form.person_id;
  const field = (name, label) => html`
    <div class="field">
      <label for="${name}-${id}">${label}</label>
      <input id="${name}-${id}" maxlength="500" autocomplete="off" .value=${live(form[name])}
        @input=${(event) => {
          Object.assign(form, { [name]: event.target.value, error: '' });
          c.changed();
        }}>
    </div>`;
  return html`
    <form class="attendee-details" data-zone="details" @submit=${(event) => {
      event.preventDefault();
      saveDetails(c);
    }} @keydown=${(event) => {
      if (composing(event) || event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      c.ui.details = null;
      c.changed();
      c.focus(`#person-${id}`);
    }}>
      ${status === 'absent' ? field('reason', t('reason')) : nothing}
      ${field('deputy', t('deputy'))}
      ${here({ status, deputy_name: form.deputy.trim() })
        ? html`<div class="field-row">${field('arrived', t('arrived_at'))}${field('left', t('left_at'))}</div>`
        : nothing}
      <p class="field-error" role="alert" ?hidden=${!form.error}>${form.error}</p>
      <div class="actions">
        <button class="btn btn-small btn-primary">${t('save')} <kbd>Enter</kbd></button>
      </div>
    </form>`;
}

function quorum(c) {
  const [now] = c.feed.all('quorum');
  if (!now) return nothing;
  const { rule, present, needed, members, reached } = now;
  return html`<p class="small"><b>${c.t(reached ? 'quorum_reached' : 'quorum_missing')}</b>
    ${c.t('quorum_facts', { present, members, needed, rule })}</p>`;
}

/** The tab. */
export function attendance(c) {
  const { t } = c;
  const people = invited(c.feed);
  const shown = best(
    people,
    c.ui.search,
    ({ person_id: id, unit_id: unitId }) => {
      const unit = c.feed.get('unit', unitId);
      return `${c.feed.get('person', id)?.name ?? ''} ${unit?.short_name ?? ''} ${unit?.name ?? ''}`;
    },
    people.length,
  );
  const counts = STATUSES.map(([name]) => [
    name,
    people.filter(({ person_id: id }) => attendanceOf(c, id).status === name).length,
  ]);
  return html`
    <div class="attendance-head">
      <label class="visually-hidden" for="attendance-search">${t('attendance_search')}</label>
      <input id="attendance-search" class="input" type="search" autocomplete="off"
        placeholder=${t('attendance_search')} .value=${live(c.ui.search)} @input=${(event) => {
          c.ui.search = event.target.value;
          c.update();
        }} @keydown=${(event) => {
          if (composing(event) || (event.key !== 'Enter' && event.key !== 'ArrowDown')) return;
          event.preventDefault();
          document.querySelector('.attendee')?.focus();
        }}>
      <p class="small muted">${counts
        .filter(([, count]) => count > 0)
        .map(([name, count]) => `${t(`status_${name}`)} ${count}`)
        .join(' · ')}</p>
      ${quorum(c)}
    </div>
    <div class="side-scroll">
      ${sites(c)}
      ${people.length === 0 ? html`<div class="empty"><p>${t('nobody_invited')}</p></div>` : nothing}
      ${people.length > 0 && shown.length === 0 ? html`<div class="empty"><p>${t('nobody_found')}</p></div>` : nothing}
      <ol aria-label=${t('attendance')}>
        ${repeat(shown, (participant) => participant.id, (participant, at) => row(c, participant, at === 0))}
      </ol>
    </div>`;
}

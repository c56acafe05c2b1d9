// The tab for attendance: every invited person, marked with one key.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { sites } from './console-presence.js';
import { best, composing } from './console-units.js';
import { unitName } from './lib.js';

/** Each status with its key. */
const STATUSES = [
  ['on_site', '1'],
  ['online', '2'],
  ['absent', '3'],
  ['unknown', '0'],
];
const HERE = ['on_site', 'online'];

function invited(c) {
  return c.feed.all('participant').sort((one, other) => one.position - other.position);
}

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
  const people = invited(c);
  const here = people.filter(({ person_id: id }) => HERE.includes(attendanceOf(c, id).status));
  return { people: people.length, here: here.length };
}

function mark(c, personId, args) {
  const before = attendanceOf(c, personId);
  const name = c.feed.get('person', personId)?.name ?? '';
  c.send('attendance.mark', { person_id: personId, ...args }).then(() => {
    if (args.status === before.status) return;
    const { status, reason, deputy_name } = before;
    c.toast(c.t('marked', { name, status: c.t(`status_${args.status}`) }), () =>
      c.send('attendance.mark', { person_id: personId, status, reason, deputy_name }),
    );
  });
}

function setStatus(c, personId, status) {
  // A reason belongs to an absence only.
  mark(c, personId, status === 'absent' ? { status } : { status, reason: null });
  if (status === 'absent') openDetails(c, personId, 'reason');
  else if (c.ui.details?.person_id === personId) c.ui.details = null;
}

function openDetails(c, personId, field) {
  const { reason, deputy_name } = attendanceOf(c, personId);
  if (c.ui.details?.person_id !== personId) {
    c.ui.details = { person_id: personId, reason: reason ?? '', deputy: deputy_name ?? '' };
  }
  c.changed();
  c.focus(`#${field}-${personId}`);
}

function saveDetails(c) {
  const { person_id: personId, reason, deputy } = c.ui.details;
  const { status } = attendanceOf(c, personId);
  mark(c, personId, { status, reason: reason.trim() || null, deputy_name: deputy.trim() || null });
  c.ui.details = null;
  c.changed();
  const next = document.querySelector(`#person-${personId} + .attendee`);
  c.focus(`#${next?.id ?? `person-${personId}`}`);
}

/** Focus the list: the first person who is not marked yet. */
export function focusAttendance(c) {
  const people = invited(c);
  const first = people.find(({ person_id: id }) => attendanceOf(c, id).status === 'unknown') ?? people[0];
  c.ui.tab = 'attendance';
  c.changed();
  if (first) c.focus(`#person-${first.person_id}`);
}

/** A key pressed on a person's row; true where it meant something. */
function onRowKey(c, event, personId) {
  if (event.target !== event.currentTarget || event.ctrlKey || event.altKey || event.metaKey) return;
  const status = STATUSES.find(([, key]) => key === event.key)?.[0];
  if (status && c.mayMark && c.keysOn) {
    event.preventDefault();
    event.stopPropagation();
    // The focus stays: the next key (a deputy, a correction) is about the same person.
    setStatus(c, personId, status);
  } else if (event.key === 't' && c.mayMark && c.keysOn) {
    event.preventDefault();
    event.stopPropagation();
    openDetails(c, personId, 'deputy');
  }
}

function row(c, participant, first) {
  const { t } = c;
  const { person_id: id } = participant;
  const person = c.feed.get('person', id);
  const { status, reason, deputy_name: deputy } = attendanceOf(c, id);
  const open = c.ui.details?.person_id === id;
  const unit = unitName(c.feed.get('unit', participant.unit_id));
  return html`
    <li class="attendee" id="person-${id}" tabindex=${first ? 0 : -1} data-zone="attendance"
      aria-label="${person?.name ?? ''}, ${unit}: ${t(`status_${status}`)}"
      @keydown=${(event) => onRowKey(c, event, id)}>
      <div class="attendee-who" title=${person?.title ?? nothing}>
        <p><b>${person?.name ?? ''}</b> ${unit ? html`<span class="muted">${unit}</span>` : nothing}</p>
        ${deputy ? html`<p class="small">${t('deputy_is', { name: deputy })}</p>` : nothing}
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
        : html`<span class="badge ${HERE.includes(status) ? 'badge-accent' : ''}">${t(`status_${status}`)}</span>`}
      ${open ? details(c, status) : nothing}
    </li>`;
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
          form[name] = event.target.value;
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
      <div class="actions">
        <button class="btn btn-small btn-primary">${t('save')} <kbd>Enter</kbd></button>
      </div>
    </form>`;
}

/** The tab. */
export function attendance(c) {
  const { t } = c;
  const people = invited(c);
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

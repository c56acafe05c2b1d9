// Being there: checking in by oneself or with the code on the site's screen, who sits at which
// site, and the quorum.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { sites } from './live-model.js';

const CHECK_IN = 'attendance.check_in';
const COUNT = 'attendance.count';
const CODE = /^#check-in=(.+)$/; // as meetings/attendance.py puts it into the QR code
const MODES = ['on_site', 'online'];

let changing = false; // the reader asked to change the check-in
let refusal = null; // why the check-in was refused

const status = (c) => c.seen.mine?.status ?? 'unknown';
const sending = (c) => c.feed.pending.findLast(({ name }) => name === CHECK_IN);

/** Take the code out of the address and check in with it, now and whenever another one is read.
 *
 *  It is sent once: an address that is kept, or loaded again, has it no more.
 */
export function followCode(c) {
  const take = () => {
    const code = CODE.exec(location.hash)?.[1];
    if (!code) return;
    history.replaceState(null, '', location.pathname + location.search);
    checkIn(c, { mode: 'on_site', code: decoded(code) });
  };
  globalThis.addEventListener('hashchange', take);
  take();
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // the server says that it is no code
  }
}

async function checkIn(c, args) {
  changing = false;
  refusal = null;
  try {
    await c.feed.command(CHECK_IN, args);
  } catch (error) {
    refusal = c.t(args.code ? 'code_refused' : 'not_saved', { message: error.message });
    changing = true;
    c.ui.away.delete('check-in');
    // Before and after the meeting nobody is asked: then the sentence stands alone.
    if (!asks(c)) c.toast(refusal, { error: true });
  }
  c.draw();
  document.getElementById('check-in-change')?.focus({ preventScroll: true });
}

const asks = (c) => Boolean(c.seen?.mine) && ['scheduled', 'live'].includes(c.seen.meeting.state);

/** The question how one takes part, or null where it has its answer. */
export function checkInSheet(c) {
  if (!asks(c) || sending(c) || c.ui.away.has('check-in')) return null;
  if (!changing && status(c) !== 'unknown') return null;
  const known = status(c) !== 'unknown';
  const modes = c.seen.meeting.code_required ? MODES.filter((mode) => mode !== 'on_site') : MODES;
  return html`
    <section class="live-sheet live-ask" aria-labelledby="ask-title">
      <h2 id="ask-title">${c.t('check_in_ask')}</h2>
      ${refusal ? html`<p class="field-error" role="alert">${refusal}</p>` : nothing}
      ${modes.length < MODES.length ? html`<p>${c.t('code_required')}</p>` : nothing}
      <div class="live-choices">
        ${modes.map((mode) => html`
          <button type="button" class="btn btn-primary btn-large" @click=${() => checkIn(c, { mode })}>
            ${c.t(mode)}
          </button>`)}
      </div>
      <button type="button" class="btn btn-quiet" @click=${() => putAway(c)}>
        ${c.t(known ? 'keep' : 'later')}
      </button>
    </section>`;
}

function putAway(c) {
  changing = false;
  refusal = null;
  if (status(c) === 'unknown') c.ui.away.add('check-in');
  c.draw();
  document.getElementById('check-in-change')?.focus({ preventScroll: true });
}

function takeUp(c) {
  changing = true;
  c.ui.away.delete('check-in');
  c.draw();
  document.querySelector('.live-ask button')?.focus({ preventScroll: true });
}

/** How the reader takes part, with the way to change it. */
export function checkedIn(c) {
  // The question itself says that there is no answer yet.
  if (!c.seen.mine || (status(c) === 'unknown' && checkInSheet(c))) return nothing;
  const waits = sending(c);
  const { deputy_name: deputy, reason, checked_by: by } = c.seen.mine;
  const words = [c.t(waits ? waits.args.mode : `is_${status(c)}`)];
  if (!waits) {
    if (deputy) words.push(c.t('deputy', { name: deputy }));
    if (reason) words.push(c.t('reason', { reason }));
    if (by === 'code') words.push(c.t('by_code'));
  }
  return html`
    <section class="live-checked" aria-label=${c.t('check_in')}>
      <p>${words.join('. ')}
        ${waits ? html`<span class="muted" role="status">${c.waits()}</span>` : nothing}</p>
      ${waits
        ? nothing
        : html`<button type="button" id="check-in-change" class="btn btn-quiet" @click=${() => takeUp(c)}>
            ${c.t(status(c) === 'unknown' ? 'check_in' : 'change')}
          </button>`}
    </section>`;
}

// -- Sites and the quorum ------------------------------------------------------------------

/** Who is there, site by site. */
export function attendance(c) {
  const rows = sites(c.feed, c.me.unit_id);
  const here = rows.reduce((sum, row) => sum + row.here, 0);
  const all = rows.reduce((sum, row) => sum + row.invited.length, 0);
  return html`
    <div class="section-head">
      <h2>${c.t('attendance')}</h2>
      <span class="muted">${c.t('here_of', { here, all })}</span>
    </div>
    ${quorum(c)}
    ${rows.length
      ? html`<ul class="live-sites">${repeat(rows, ({ unit }) => unit.id, (row) => site(c, row))}</ul>`
      : html`<p class="muted">${c.t('attendance_empty')}</p>`}`;
}

function quorum(c) {
  const [one] = c.feed.all('quorum');
  if (!one) return nothing;
  const { present, members, needed, reached } = one;
  return html`
    <p class="live-quorum ${reached ? 'done' : 'late'}">
      <b>${c.t(reached ? 'quorum_reached' : 'quorum_missing')}</b>
      <span>${c.t('quorum_count', { present, members, needed })}</span>
    </p>`;
}

function site(c, { unit, invited, here, people, own }) {
  return html`
    <li class=${own ? 'live-own' : ''}>
      <p><b>${c.unit(unit.id)}</b>
        ${own ? html`<span class="badge badge-accent">${c.t('our_site')}</span>` : nothing}</p>
      <p class="muted num">${c.t('here_of', { here, all: invited.length })}${people === null
        ? nothing
        : html` · ${c.t('people_there', { people })}`}</p>
      ${own && mayCount(c) ? counting(c, unit, people) : nothing}
    </li>`;
}

const mayCount = (c) => asks(c) && ['chair', 'secretary', 'participant'].includes(c.me.role);

function counting(c, unit, people) {
  const send = (event) => {
    event.preventDefault();
    c.give(COUNT, { unit_id: unit.id, people: Number(event.target.elements.people.value) });
  };
  return html`
    <form class="live-counting" @submit=${send}>
      <label for="people">${c.t('people_count')}</label>
      <input id="people" name="people" class="input num" type="number" inputmode="numeric" min="0" max="10000"
        required value=${people ?? ''}>
      <button type="submit" class="btn">${c.t('people_save')}</button>
    </form>`;
}

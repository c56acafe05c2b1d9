// The phone's list of what earlier briefings told units to do, the reader's own first, and the
// quick report on them while the meeting is on.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { carriedList, counts, dueOf, look, progressOf, speaksFor, standing } from './carried-model.js';
import { day, dueText, setting } from './lib.js';

const COMMAND = 'carried.answer';
const TEXT_LENGTH = 20_000; // core.schema's Text

let opened = null; // the id of the one that is being reported on
const errors = new Map();

// Half a text lives through a telephone that has thrown the page away.
const place = (c, one) => `carried:${c.me.person_id}:${c.meetingId}:${one.id}`;
const draftOf = (c, one) => ({ text: '', progress: '', unit: null, ...setting.get(place(c, one)) });

/** The part of the page. */
export function carried(c) {
  const list = carriedList(c.feed);
  if (list.length === 0) return nothing;
  const own = list.filter((one) => c.me.role === 'participant' && speaksFor(c.feed, c.me, one).length > 0);
  const others = list.filter((one) => !own.includes(one));
  const rows = (some) => html`<ul>${repeat(some, (one) => one.id, (one) => row(c, one, own.includes(one)))}</ul>`;
  return html`
    <div class="section-head"><h2>${c.t('carried_title')}</h2></div>
    <p class="muted">${c.t('carried_counts', counts(list))}</p>
    ${own.length ? html`<h3>${c.t('carried_ours', { count: own.length })}</h3>${rows(own)}` : nothing}
    ${own.length && others.length
      ? html`<details class="live-past"><summary><span>${c.t('carried_others', { count: others.length })}</span></summary>${rows(others)}</details>`
      : rows(others)}`;
}

function row(c, one, ours) {
  const { t } = c;
  const due = dueOf(one, dueText, t);
  const progress = progressOf(one, t);
  const may = ours && c.seen.meeting.state === 'live';
  const coming = c.feed.pending.filter(({ name, args }) => name === COMMAND && args.carried_id === one.id);
  return html`
    <li class="live-directive carried-row carried-${look(one)} ${ours ? 'live-ours' : ''}" id="carried-${one.id}">
      <p><b class="carried-state">${standing(one, t, c.lang)}</b>${progress ? html` · ${progress}` : nothing}</p>
      <p class="prose">${one.text}</p>
      <p class="live-directive-foot">
        ${due ? html`<b>${t('due', { due })}</b>` : nothing}
        ${one.lead_unit_ids.length ? html`<span>${t('lead', { units: c.units(one.lead_unit_ids) })}</span>` : nothing}
        <span>${t('carried_from', { code: one.from_code })}</span>
      </p>
      ${one.report
        ? html`<p class="muted">${t('carried_last', { day: day(one.report.at), text: one.report.text })}</p>`
        : nothing}
      ${one.answers.length ? html`
        <ul class="carried-answers">${one.answers.map((entry) => html`
          <li><span aria-hidden="true">✓</span> <b>${c.unit(entry.unit_id)}</b>${
            entry.progress === undefined ? nothing : html` <span class="num">${entry.progress}%</span>`}: ${entry.text}</li>`)}</ul>`
        : nothing}
      ${coming.map(({ args }) => html`<p class="muted" role="status">${args.text} · ${c.waits()}</p>`)}
      ${may && opened === one.id ? form(c, one) : nothing}
      ${may && opened !== one.id
        ? html`<button type="button" class="btn btn-large" @click=${() => open(c, one)}>${
            t(one.answers.length ? 'carried_again' : 'carried_report')}</button>`
        : nothing}
    </li>`;
}

function open(c, one) {
  opened = one.id;
  c.draw();
  document.getElementById(`carried-text-${one.id}`)?.focus();
}

function close(c, one) {
  opened = null;
  c.draw();
  document.querySelector(`#carried-${one.id} > button`)?.focus();
}

function form(c, one) {
  const { t } = c;
  const draft = draftOf(c, one);
  const choices = speaksFor(c.feed, c.me, one);
  const error = errors.get(one.id);
  return html`
    <form class="form carried-form" novalidate @submit=${(event) => send(c, one, event)}
      @input=${({ currentTarget: { elements: fields } }) => setting.set(place(c, one), written(fields))}
      @keydown=${(event) => event.key === 'Escape' && close(c, one)}>
      ${choices.length > 1 ? html`
        <div class="field">
          <label for="carried-unit-${one.id}">${t('carried_for')}</label>
          <select id="carried-unit-${one.id}" name="unit">
            ${choices.map((id) => html`<option value=${id} ?selected=${id === draft.unit}>${c.unit(id)}</option>`)}
          </select>
        </div>` : nothing}
      <div class="field">
        <label for="carried-text-${one.id}">${t('carried_say')}</label>
        <textarea id="carried-text-${one.id}" name="text" rows="3" maxlength=${TEXT_LENGTH} .value=${live(draft.text)}></textarea>
      </div>
      <div class="field">
        <label for="carried-progress-${one.id}">${t('carried_percent')} <span class="optional">${t('optional')}</span></label>
        <input id="carried-progress-${one.id}" name="progress" inputmode="numeric" maxlength="3" autocomplete="off"
          .value=${live(draft.progress)} aria-invalid=${error ? 'true' : nothing}
          aria-describedby=${error ? `carried-error-${one.id}` : nothing}>
      </div>
      ${error ? html`<p class="field-error" id="carried-error-${one.id}" role="alert">${error}</p>` : nothing}
      <div class="live-choices">
        <button type="submit" class="btn btn-primary btn-large">${t('carried_send')}</button>
        <button type="button" class="btn btn-large" @click=${() => close(c, one)}>${t('cancel')}</button>
      </div>
    </form>`;
}

const written = (fields) => ({
  text: fields.text.value,
  progress: fields.progress.value,
  unit: fields.unit ? Number(fields.unit.value) : null,
});

async function send(c, one, event) {
  event.preventDefault();
  const { text, progress, unit } = written(event.currentTarget.elements);
  errors.delete(one.id);
  if (!text.trim() || (progress.trim() && !/^(100|\d{1,2})$/.test(progress.trim()))) {
    errors.set(one.id, c.t(text.trim() ? 'carried_wrong_percent' : 'carried_say_something'));
    c.draw();
    document.getElementById(text.trim() ? `carried-progress-${one.id}` : `carried-text-${one.id}`)?.focus();
    return;
  }
  const args = { carried_id: one.id, text: text.trim() };
  if (progress.trim()) args.progress = Number(progress);
  if (unit !== null) args.unit_id = unit;
  opened = null;
  const sent = c.feed.command(COMMAND, args);
  c.draw();
  try {
    await sent;
    setting.set(place(c, one), null);
    c.toast(c.t('carried_sent'));
  } catch (refused) {
    errors.set(one.id, refused.message);
    opened = one.id;
  }
  c.draw();
}

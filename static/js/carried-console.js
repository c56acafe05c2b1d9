// The console's list of what earlier briefings told units to do: who has answered, and the field in
// which the secretary notes what a unit says. The keyboard goes from one to the next.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { carriedList, counts, dueOf, followsUp, leading, look, progressOf, standing } from './carried-model.js';
import { rowKeys } from './console-rows.js';
import { composing } from './console-units.js';
import { day, dueText, unitName } from './lib.js';

const COMMAND = 'carried.answer';
const TEXT_LENGTH = 20_000; // core.schema's Text
const lang = document.documentElement.lang;

/** Whether there is anything to ask about. */
export const hasCarried = (c) => carriedList(c.feed).length > 0;

/** When another item begins: the list is wanted while its item is on. */
export function carriedComes(c) {
  if (followsUp(c.feed) && hasCarried(c)) c.ui.tab = 'carried';
  else if (c.ui.tab === 'carried') c.ui.tab = 'outcome';
}

/** What the tab says. */
export function carriedTab(c) {
  const { answered, all } = counts(carriedList(c.feed));
  return html`${c.t('carried_short')} <span class="muted num">${answered}/${all}</span>`;
}

const unit = (c, id) => unitName(c.feed.get('unit', id));
const units = (c, ids) => ids.map((id) => unit(c, id)).filter(Boolean).join(', ');

// -- What is typed, by the directive that it is about ----------------------------------------

const drafts = (c) => (c.ui.carried ??= {});

function draftOf(c, one) {
  const found = drafts(c)[one.id];
  return found ?? { text: '', progress: '', unit: one.missing[0] ?? leading(c.feed, one)[0] ?? null, error: '' };
}

function put(c, one, changes) {
  drafts(c)[one.id] = { ...draftOf(c, one), ...changes };
  c.changed();
}

function open(c, one) {
  if (!c.live) return;
  c.ui.carriedOpen = one.id;
  c.focus(`#carried-text-${one.id}`);
}

function close(c, one) {
  c.ui.carriedOpen = null;
  c.focus(`#carried-${one.id}`);
}

function save(c, one) {
  const draft = draftOf(c, one);
  const text = draft.text.trim();
  const progress = draft.progress.trim();
  if (!text) {
    close(c, one);
    return;
  }
  if (progress && !/^(100|\d{1,2})$/.test(progress)) {
    put(c, one, { error: c.t('carried_wrong_percent') });
    c.focus(`#carried-progress-${one.id}`);
    return;
  }
  const args = { carried_id: one.id, text };
  if (progress) args.progress = Number(progress);
  if (draft.unit !== null) args.unit_id = draft.unit;
  delete drafts(c)[one.id];
  c.ui.carriedOpen = null;
  c.send(COMMAND, args);
  c.changed();
  const list = carriedList(c.feed);
  const at = list.findIndex(({ id }) => id === one.id);
  const next = [...list.slice(at + 1), ...list.slice(0, at)].find((other) => !other.answered) ?? one;
  c.focus(`#carried-${next.id}`);
}

/** The server refused what was noted: it comes back, with the reason. */
export function carriedRefused(c, { args }, error) {
  const one = carriedList(c.feed).find(({ id }) => id === args.carried_id);
  if (!one) {
    c.toast(error.message, null, true);
    return;
  }
  // What has been begun there meanwhile stays, too.
  const text = [args.text, draftOf(c, one).text].filter(Boolean).join('\n');
  put(c, one, { text, progress: String(args.progress ?? ''), unit: args.unit_id ?? null, error: error.message });
  c.ui.tab = 'carried';
  c.ui.carriedOpen = one.id;
  c.update();
}

// -- The list ----------------------------------------------------------------------------------

/** The panel. */
export function carriedPanel(c) {
  const { t } = c;
  const list = carriedList(c.feed);
  return html`
    <div class="side-scroll">
      <p class="side-section">${t('carried_counts', counts(list))}</p>
      ${list.length === 0 ? html`<p class="side-empty muted">${t('carried_empty')}</p>` : nothing}
      <ul aria-label=${t('carried_title')}>
        ${repeat(list, (one) => one.id, (one, index) => row(c, one, index, list[index - 1]))}
      </ul>
    </div>`;
}

function row(c, one, index, before) {
  const { t } = c;
  const name = units(c, one.lead_unit_ids) || t('carried_nobody');
  const same = before && units(c, before.lead_unit_ids) === name;
  const due = dueOf(one, dueText, t);
  const progress = progressOf(one, t);
  const coming = c.feed.pending.filter((command) => command.name === COMMAND && command.args.carried_id === one.id);
  const isOpen = c.live && c.ui.carriedOpen === one.id;
  return html`
    <li class="outcome carried-row carried-${look(one)}" id="carried-${one.id}" data-row data-zone="carried"
      tabindex=${index === 0 ? 0 : -1} @keydown=${(event) => rowKeys(c, event, c.live, { Enter: () => open(c, one), e: () => open(c, one) })}>
      <p class=${same ? 'visually-hidden' : 'carried-row-unit'}>${name}</p>
      <p class="prose">${one.text}</p>
      <p class="small"><b class="carried-state">${standing(one, t, lang)}</b>${
        [progress, due && `${t('carried_due')}: ${due}`, t('carried_from', { code: one.from_code })]
          .filter(Boolean).map((words) => html` · <span class="carried-fact">${words}</span>`)}</p>
      ${one.report
        ? html`<p class="small muted">${t('carried_last', { day: day(one.report.at), text: one.report.text })}</p>`
        : nothing}
      ${one.answers.length ? html`
        <ul class="carried-answers">${one.answers.map((entry) => html`
          <li class="small"><span aria-hidden="true">✓</span> <b>${unit(c, entry.unit_id)}</b>${
            entry.progress === undefined ? nothing : html` <span class="num">${entry.progress}%</span>`}: ${entry.text}</li>`)}</ul>`
        : nothing}
      ${one.answers.length && one.missing.length
        ? html`<p class="small">${t('carried_missing', { units: units(c, one.missing) })}</p>`
        : nothing}
      ${coming.map(({ args }) => html`<p class="small muted">${args.text} · ${t('carried_waiting')}</p>`)}
      ${isOpen ? form(c, one) : c.live
        ? html`<button class="btn btn-quiet btn-small" tabindex="-1" @click=${() => open(c, one)}>${
            t(one.answers.length ? 'carried_again' : 'carried_report')}</button>`
        : nothing}
    </li>`;
}

function form(c, one) {
  const { t } = c;
  const draft = draftOf(c, one);
  const choices = leading(c.feed, one);
  const onKey = (event) => {
    if (composing(event)) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close(c, one);
    } else if (event.key === 'Enter' && !event.shiftKey && event.target.tagName !== 'BUTTON') {
      event.preventDefault();
      save(c, one);
    }
  };
  return html`
    <div class="carried-form" data-zone="carried_form" @keydown=${onKey}>
      ${choices.length > 1 ? html`
        <div class="field">
          <label for="carried-unit-${one.id}">${t('carried_for')}</label>
          <select id="carried-unit-${one.id}" @change=${(event) => put(c, one, { unit: Number(event.target.value) })}>
            ${choices.map((id) => html`<option value=${id} ?selected=${id === draft.unit}>${unit(c, id)}</option>`)}
          </select>
        </div>` : nothing}
      <div class="field">
        <label for="carried-text-${one.id}">${t('carried_say')}</label>
        <textarea id="carried-text-${one.id}" class="grow-field" rows="2" maxlength=${TEXT_LENGTH} .value=${live(draft.text)}
          @input=${(event) => put(c, one, { text: event.target.value, error: '' })}></textarea>
      </div>
      <div class="carried-form-foot">
        <label for="carried-progress-${one.id}">${t('carried_percent')}</label>
        <input class="input" id="carried-progress-${one.id}" inputmode="numeric" maxlength="3" .value=${live(draft.progress)}
          aria-invalid=${draft.error ? 'true' : nothing} aria-describedby=${draft.error ? `carried-error-${one.id}` : nothing}
          @input=${(event) => put(c, one, { progress: event.target.value, error: '' })}>
        <button class="btn btn-primary btn-small" @click=${() => save(c, one)}>${t('carried_send')}</button>
      </div>
      ${draft.error ? html`<p class="field-error" id="carried-error-${one.id}" role="alert">${draft.error}</p>` : nothing}
    </div>`;
}

// What the chair has given: the sheet that asks our unit whether it is clear, as soon as it is
// given, and the list with what we have answered. An answer is changed by answering anew.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { guard } from '/static/vendor/lit-html/directives/guard.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { dueText, setting } from './lib.js';
import { answers } from './readback.js';

const ACKNOWLEDGE = 'directive.acknowledge';
const NOTE_LENGTH = 500;

let asking = null; // where the reader writes what is to be made clear: a key
let changing = null; // the answer that the reader changes: a key
const refusals = new Map(); // by key: why an answer was refused

// One answer of one unit. What is typed lives through a telephone that has thrown the page away.
const keyOf = (directive, unitId) => `directive/${directive.id}/${unitId}`;
const place = (c, key) => `clarify:${c.me.person_id}:${c.meetingId}:${key}`;

const open = (c) => ['live', 'closed'].includes(c.seen.meeting.state);
const answerOf = (c, directive, unitId) => answers(c.feed, directive).find(({ unit_id: id }) => id === unitId);

// -- Answering -----------------------------------------------------------------------------

async function answer(c, directive, unitId, reply, note = null) {
  const key = keyOf(directive, unitId);
  asking = changing = null;
  refusals.delete(key);
  try {
    const given = c.feed.command(ACKNOWLEDGE, { directive_id: directive.id, unit_id: unitId, reply, note });
    c.draw();
    await given;
    setting.set(place(c, key), null);
  } catch (error) {
    refusals.set(key, error.message);
  }
  c.draw();
}

function write(c, key) {
  asking = key;
  c.draw();
  document.getElementById('clarify-note')?.focus({ preventScroll: true });
}

function buttons(c, directive, unitId) {
  const key = keyOf(directive, unitId);
  if (asking === key) return noteForm(c, directive, unitId, key);
  return html`
    ${refusals.has(key) ? html`<p class="field-error" role="alert">${refusals.get(key)}</p>` : nothing}
    <div class="live-choices live-replies">
      <button type="button" class="btn btn-primary btn-large" @click=${(event) => {
        // The second tap of two meant this question, not the one that has come in its place.
        if (event.detail < 2) answer(c, directive, unitId, 'understood');
      }}>
        ${c.t('understood')}</button>
      <button type="button" class="btn btn-large" @click=${() => write(c, key)}>${c.t('clarify')}</button>
    </div>`;
}

function noteForm(c, directive, unitId, key) {
  return html`
    <form class="live-clarify" @submit=${(event) => {
      event.preventDefault();
      answer(c, directive, unitId, 'clarify', event.currentTarget.elements.note.value.trim() || null);
    }}>
      <label for="clarify-note">${c.t('clarify_note')} <span class="optional">${c.t('optional')}</span></label>
      <textarea id="clarify-note" name="note" rows="2" maxlength=${NOTE_LENGTH} .value=${setting.get(place(c, key)) ?? ''}
        @input=${(event) => setting.set(place(c, key), event.target.value)}></textarea>
      <div class="live-choices">
        <button type="submit" class="btn btn-primary btn-large">${c.t('clarify_send')}</button>
        <button type="button" class="btn btn-large" @click=${() => {
          asking = null;
          c.draw();
        }}>${c.t('cancel')}</button>
      </div>
    </form>`;
}

// -- The sheet -----------------------------------------------------------------------------

// Every answer that is still to be given, oldest directive first.
function missing(c) {
  return c.seen.directives
    .flatMap((directive) => directive.speaks.map((unitId) => ({ directive, unitId, key: keyOf(directive, unitId) })))
    .filter(({ directive, unitId, key }) => !c.ui.away.has(key) && !answerOf(c, directive, unitId).reply)
    .sort((one, other) => one.directive.id - other.directive.id);
}

/** The oldest directive that our unit has not answered, or null. */
export function directiveSheet(c) {
  if (c.seen.meeting.state !== 'live') return null;
  const all = missing(c);
  // What is being written is not taken from under the reader's thumb.
  const first = all.find(({ key }) => key === asking) ?? all[0];
  if (!first) return null;
  const { directive, unitId } = first;
  const due = dueText(directive.due, c.t) || directive.due_text;
  return html`
    <section class="live-sheet live-given" aria-labelledby="given-title">
      <p class="live-label"><span id="given-title">${c.t(`ours_${directive.part}`)}</span>
        ${all.length > 1 ? html`<span>${c.t('answers_left', { count: all.length })}</span>` : nothing}</p>
      ${unitId === c.me.unit_id ? nothing : html`<p><b>${c.t('answer_for', { unit: c.unit(unitId) })}</b></p>`}
      <p class="live-question">${directive.text}</p>
      ${due ? html`<p><b>${c.t('due', { due })}</b></p>` : nothing}
      ${buttons(c, directive, unitId)}
      ${asking ? nothing : html`<button type="button" class="btn btn-quiet" @click=${() => {
        for (const { key } of all) c.ui.away.add(key);
        c.draw();
      }}>${c.t('later')}</button>`}
    </section>`;
}

/** What a screen reader is told of a directive that waits. */
export function directiveSaid(c) {
  const first = c.seen.meeting.state === 'live' ? missing(c)[0] : null;
  return first ? c.t('given_said', { text: first.directive.text }) : '';
}

// -- The list ------------------------------------------------------------------------------

function ownAnswer(c, directive, unitId, inSheet) {
  const key = keyOf(directive, unitId);
  const { reply, note, at, sending } = answerOf(c, directive, unitId);
  const whose = directive.speaks.length > 1 || unitId !== c.me.unit_id
    ? html`<p class="muted">${c.unit(unitId)}</p>`
    : nothing;
  const asks = open(c) && !sending && (!reply || changing === key || refusals.has(key));
  return html`
    <div class="live-answer">
      ${whose}
      ${reply
        ? html`<p class="live-answer-given"><span class="live-answer-${reply}">${reply === 'understood' ? '✓ ' : ''}${c.t(reply)}${
            at ? html` <span class="muted">${c.hourAndDay(at)}</span>` : nothing}</span>
            ${sending
              ? html`<span class="muted" role="status">${c.waits()}</span>`
              : open(c) && changing !== key
                ? html`<button type="button" class="btn btn-quiet" @click=${() => {
                    changing = key;
                    c.draw();
                  }}>${c.t('change')}</button>`
                : nothing}</p>
          ${reply === 'clarify' && note ? html`<p class="prose muted">${note}</p>` : nothing}`
        : nothing}
      ${asks && !inSheet.has(key) ? buttons(c, directive, unitId) : nothing}
    </div>`;
}

function body(c, one) {
  const due = dueText(one.due, c.t) || one.due_text;
  return html`
    ${one.part ? html`<p><span class="badge badge-accent">${c.t(`ours_${one.part}`)}</span></p>` : nothing}
    <p class="prose">${one.text}</p>
    <p class="live-directive-foot">
      ${due ? html`<b>${c.t('due', { due })}</b>` : nothing}
      ${one.lead_unit_ids.length ? html`<span>${c.t('lead', { units: c.units(one.lead_unit_ids) })}</span>` : nothing}
      ${one.supporting_unit_ids.length
        ? html`<span>${c.t('supporting', { units: c.units(one.supporting_unit_ids) })}</span>`
        : nothing}
    </p>`;
}

// A directive's words are drawn anew only where it, or a name, has changed.
function row(c, one, inSheet) {
  const seen = [c.feed.get('directive', one.id), one.part, c.feed.version('unit')];
  return html`
    <li class="live-directive ${one.part ? 'live-ours' : ''}">
      ${guard(seen, () => body(c, one))}
      ${one.speaks.map((unitId) => ownAnswer(c, one, unitId, inSheet))}
    </li>`;
}

/** What was given to whom, the reader's own unit first. */
export function directives(c) {
  // A question is asked in one place: in the sheet, where there is one.
  const inSheet = new Set(c.seen.meeting.state === 'live' ? missing(c).map(({ key }) => key) : []);
  const ours = c.seen.directives.filter((one) => one.part);
  const others = c.seen.directives.filter((one) => !one.part);
  const list = (some) => html`<ul>${repeat(some, (one) => one.id, (one) => row(c, one, inSheet))}</ul>`;
  return html`
    <div class="section-head"><h2>${c.t('directives')}</h2></div>
    ${c.seen.directives.length === 0 ? html`<p class="muted">${c.t('directives_empty')}</p>` : nothing}
    ${ours.length
      ? html`<h3>${c.t('directives_ours', { count: ours.length })}</h3>${list(ours)}`
      : nothing}
    ${ours.length && others.length
      ? html`<h3>${c.t('directives_others', { count: others.length })}</h3>`
      : nothing}
    ${others.length ? list(others) : nothing}`;
}

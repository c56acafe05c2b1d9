// Who has understood a directive, who asks what is meant, who has not answered; and noting an
// answer for a unit that gives it by word of mouth.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { rowKeys } from './console-rows.js';
import { composing } from './console-units.js';
import { clock, unitName } from './lib.js';
import { answers } from './readback.js';

const NOTE_LENGTH = 500;

/** Answers are taken while the meeting is on, and after it. */
const open = ({ meeting }) => ['live', 'closed'].includes(meeting.state);

/** Show or hide the list of who has answered. */
export function toggleAnswers(c, directive) {
  const name = `answers-${directive.id}`;
  c.ui.opened[name] = !c.ui.opened[name];
  c.update();
}

function answer(c, directive, unitId, reply, note = null) {
  // On to the next that is missing: the row itself goes down among those that have answered.
  const missing = answers(c.feed, directive).filter((one) => !one.reply).map(({ unit_id: id }) => id);
  const next = missing[missing.indexOf(unitId) + 1] ?? missing.find((id) => id !== unitId) ?? unitId;
  c.ui.noting = null;
  c.send('directive.acknowledge', { directive_id: directive.id, unit_id: unitId, reply, note });
  c.focus(`#answer-${directive.id}-${next}`);
}

// What is asked may be said in a few words; nobody has to.
function ask(c, directive, unitId, text = '') {
  c.ui.noting = { directive: directive.id, unit: unitId, text };
  c.ui.opened[`answers-${directive.id}`] = true;
  c.focus('#answer-note');
}

/** The server refused an answer: what was typed comes back with the reason. */
export function answerRefused(c, { args }, error) {
  const directive = c.feed.get('directive', args.directive_id);
  if (directive && args.note) ask(c, directive, args.unit_id, args.note);
  c.toast(error.message, null, true);
}

function note(c, directive, { unit_id: id }) {
  const { noting } = c.ui;
  const leave = () => {
    c.ui.noting = null;
    c.focus(`#answer-${directive.id}-${id}`);
  };
  const send = () => answer(c, directive, id, 'clarify', noting.text.trim() || null);
  return html`
    <input class="input answer-note" id="answer-note" data-zone="answer_note" autocomplete="off" maxlength=${NOTE_LENGTH}
      aria-label=${c.t('clarify_note')} placeholder=${c.t('clarify_note')} .value=${live(noting.text)}
      @input=${(event) => {
        noting.text = event.target.value;
      }} @keydown=${(event) => {
        if (composing(event) || !['Enter', 'Escape'].includes(event.key)) return;
        event.preventDefault();
        event.stopPropagation();
        if (event.key === 'Enter') send();
        else leave();
      }}>`;
}

function row(c, directive, one) {
  const { t } = c;
  const { unit_id: id, reply, at, sending } = one;
  const noting = c.ui.noting?.directive === directive.id && c.ui.noting.unit === id;
  const acts = { 1: () => answer(c, directive, id, 'understood'), 2: () => ask(c, directive, id, one.note ?? '') };
  const tool = (key, word) => html`<button class="btn btn-quiet btn-small" tabindex="-1" @click=${acts[key]}>${t(word)} <kbd>${key}</kbd></button>`;
  return html`
    <li class="answer ${sending ? 'sending' : ''}" id="answer-${directive.id}-${id}" data-row data-zone="answer" tabindex="-1"
      @keydown=${(event) => rowKeys(c, event, open(c) && !sending, acts)}>
      <span>${unitName(c.feed.get('unit', id))}</span>
      <span class="answer-state ${reply ? `answer-${reply}` : 'muted'}">${reply === 'understood' ? '✓ ' : ''}${t(reply ? `reply_${reply}` : 'not_answered')}${
        sending ? ` · ${t('sending')}` : at ? html` <span class="num muted">${clock(at)}</span>` : nothing}</span>
      ${noting ? note(c, directive, one) : nothing}
      ${open(c) && !sending && !noting
        ? html`<span class="answer-tools">${tool(1, 'reply_understood')}${tool(2, 'reply_clarify')}</span>`
        : nothing}
    </li>`;
}

/** How many have answered a directive, what is asked, and on demand who has not. */
export function readBack(c, directive) {
  const { t } = c;
  const all = answers(c.feed, directive);
  if (all.length === 0) return nothing;
  const answered = all.filter(({ reply }) => reply);
  const asking = all.filter(({ reply }) => reply === 'clarify');
  const shown = Boolean(c.ui.opened[`answers-${directive.id}`]);
  const name = (id) => unitName(c.feed.get('unit', id));
  // Who has not answered comes first: they are looked for.
  const order = [...all.filter(({ reply }) => !reply), ...asking, ...all.filter(({ reply }) => reply === 'understood')];
  const whole = answered.length === all.length && asking.length === 0;
  return html`
    <div class="readback small">
      <button type="button" class="readback-count ${whole ? 'readback-whole' : ''}" tabindex="-1" aria-expanded=${shown}
        aria-controls="answers-${directive.id}" @click=${() => toggleAnswers(c, directive)}>
        ${whole ? '✓ ' : ''}<b class="num">${answered.length}/${all.length}</b> ${t('have_answered')} <kbd>r</kbd></button>
      ${asking.map(({ unit_id: id, note: words, at }) => html`
        <p class="clarify"><b>${t('asks_to_clarify', { name: name(id) })}</b> ${at ? html`<span class="num muted">${clock(at)}</span>` : nothing}
          ${words ? html`<span class="prose">${words}</span>` : nothing}</p>`)}
      <ul id="answers-${directive.id}" class="answers" aria-label=${t('answers')} ?hidden=${!shown}>
        ${shown ? repeat(order, ({ unit_id: id }) => id, (one) => row(c, directive, one)) : nothing}
      </ul>
    </div>`;
}

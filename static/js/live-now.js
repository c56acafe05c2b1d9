// What is on and who speaks, what comes next and when it is our turn. What moves with the clock
// alone has places of its own, drawn every second by `drawClocks`.

import { html, nothing, render } from '/static/vendor/lit-html/lit-html.js';
import { span } from './lib.js';
import { predictedEnd, speech, turn, used } from './live-model.js';

/** The item that is on. */
export function now(c) {
  const { current, items, number } = c.seen;
  if (!current) {
    const ended = items.some((item) => item.state !== 'pending');
    return html`
      <h2 class="live-what">${c.t(ended ? 'after_last' : 'before_first')}</h2>
      <p class="muted">${c.t(ended ? 'after_last_hint' : 'before_first_hint')}</p>
      ${ended ? nothing : html`<p id="live-end" class="live-end"></p>`}`;
  }
  return html`
    <p class="live-label">
      <span>${c.t('now')}</span> <span>${c.t('item_of', { number, total: items.length })}</span>
    </p>
    <h2 class="live-what">${current.title}</h2>
    ${current.presenter_unit_id
      ? html`<p class="live-who">${c.t('presented_by', { who: c.units([current.presenter_unit_id]) })}</p>`
      : nothing}
    <div id="live-clock"></div>
    ${speaking(c)}
    <p id="live-end" class="live-end"></p>`;
}

function speaking(c) {
  const { last, speaking: speaker } = c.seen;
  if (speaker) {
    const { name, unit } = c.speaker(speaker);
    return html`
      <div class="live-speaker">
        <p><span class="muted">${c.t('speaking')}</span>
          <b>${speaker.person_id === c.me.person_id ? c.t('you', { name }) : name}</b>
          ${unit ? html`<span class="muted">${unit}</span>` : nothing}</p>
        <p id="live-speech"></p>
      </div>`;
  }
  if (!last) return nothing;
  const { name, unit } = c.speaker(last);
  return html`
    <p class="live-last">
      ${c.t('spoke_last', { who: [name, unit].filter(Boolean).join(', ') })}
      <span class="muted nowrap">${c.t('at', { clock: c.hour(last.at) })}</span>
    </p>`;
}

/** What comes after it. */
export function next(c) {
  const { current, next: item } = c.seen;
  return html`
    <div id="live-turn"></div>
    ${item
      ? html`
          <h2 class="live-label">${c.t('next')}</h2>
          <p class="live-next">
            <b>${item.title}</b>
            ${item.presenter_unit_id
              ? html`<span class="muted">${c.units([item.presenter_unit_id])}</span>`
              : nothing}
          </p>`
      : current
        ? html`<p class="muted">${c.t('next_none')}</p>`
        : nothing}`;
}

/** Before the opening: when we shall present if it goes as planned. */
export function plannedTurn(c, { starts_at: starts }) {
  const { kind, at } = turn(c.seen, Date.parse(starts));
  if (kind !== 'later') return nothing;
  return html`<p class="live-turn"><b>${c.t('turn_planned', { clock: c.hour(at) })}</b></p>`;
}

// -- The clocks ----------------------------------------------------------------------------

const CLOCKS = {
  'live-clock': itemClock,
  'live-speech': speechClock,
  'live-own-speech': speechClock,
  'live-end': end,
  'live-turn': ourTurn,
};

/** Draw what the time alone changes, so that a long record is not gone through every second. */
export function drawClocks(c) {
  if (!c.seen?.meeting) return;
  for (const [id, draw] of Object.entries(CLOCKS)) {
    const place = document.getElementById(id);
    if (place) render(draw(c), place);
  }
}

function itemClock(c) {
  const item = c.seen.current;
  if (!item) return nothing;
  const seconds = used(item, c.feed.now());
  const plan = (item.minutes ?? 0) * 60;
  if (!plan) return html`<p class="live-clock"><b>${span(seconds)}</b></p>`;
  const left = plan - seconds;
  const over = Math.floor(-left / 60);
  let words;
  if (left > 0) words = c.t('left', { minutes: Math.ceil(left / 60) });
  else words = over < 1 ? c.t('overrun_start') : c.t('overrun', { minutes: over });
  return html`
    <p class="live-clock ${left > 0 ? '' : 'live-over'}">
      <b>${span(seconds)}</b>
      <span>${c.t('planned', { minutes: item.minutes })}</span>
      <strong>${words}</strong>
    </p>
    <progress class="${left > 0 ? '' : 'progress-late'}" max=${plan} value=${Math.min(seconds, plan)}
      aria-hidden="true"></progress>`;
}

// How much of their time somebody who speaks has left, by word as well as by colour.
function speechClock(c) {
  const speaker = c.seen.speaking;
  if (!speaker) return nothing;
  const { seconds, left, phase } = speech(speaker, c.seen.meeting, c.feed.now());
  if (left === null) return html`<span class="live-speech">${c.t('spoken', { time: span(seconds) })}</span>`;
  const words = { plain: 'speech_left', warning: 'speech_warning', over: 'speech_over' }[phase];
  const time = phase === 'over' ? span(-left) : span(Math.ceil(left));
  return html`<span class="live-speech live-speech-${phase}">${c.t(words, { time })}</span>`;
}

function end(c) {
  const { items, meeting } = c.seen;
  const at = predictedEnd(items, c.feed.now());
  if (at === null) return nothing;
  const late = Math.floor((at - Date.parse(meeting.ends_at)) / 60_000);
  return html`${c.t('end_predicted', { clock: c.hourAndDay(at) })}${late > 0
    ? html`, <b class="late">${c.t('end_late', { time: c.length(late) })}</b>`
    : nothing}`;
}

function ourTurn(c) {
  const { kind, item, minutes, at } = turn(c.seen, c.feed.now());
  if (kind === 'none') return nothing;
  if (kind === 'over') return html`<p class="live-turn live-turn-over">${c.t('turn_over')}</p>`;
  const key = minutes === 0 || kind === 'now'
    ? { now: 'turn_now', next: 'turn_next_soon', later: 'turn_soon' }[kind]
    : { next: 'turn_next', later: 'turn_later' }[kind];
  return html`
    <p class="live-turn ${kind === 'later' ? '' : 'live-turn-near'}">
      <b>${c.t(key, { time: c.length(minutes ?? 0) })}</b>
      ${kind === 'later'
        ? html`<span>${item.title}${minutes ? html`, ${c.t('turn_at', { clock: c.hour(at) })}` : nothing}</span>`
        : nothing}
    </p>`;
}

// After the close: what a participant still has to say, while the meeting takes it.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { remarkUntil } from './live-model.js';
import { lines } from './live-record.js';
import { setting } from './lib.js';

const REMARK = 'discussion.remark';
const TEXT_LENGTH = 20_000; // core.schema's Text
const REMARKING = ['chair', 'secretary', 'participant'];

const DAY_MS = 86_400_000; // a timer takes no more than 24 of them

let error = '';
let ending = null; // takes the form away in time

// Half a text lives through a telephone that has thrown the page away.
const place = (c) => `remark:${c.me.person_id}:${c.meetingId}`;
const draft = (c) => ({ item: c.seen.items[0].id, text: '', ...setting.get(place(c)) });

/** The form for one's own remark, and what one has remarked. */
export function remark(c) {
  const { items, meeting } = c.seen;
  if (!REMARKING.includes(c.me.role) || items.length === 0 || meeting.state !== 'closed') return nothing;
  const until = remarkUntil(meeting);
  const left = until - c.feed.now();
  clearTimeout(ending);
  if (left >= 0) ending = setTimeout(c.draw, Math.min(left + 1, DAY_MS));
  const own = items.flatMap(c.seen.entriesOf)
    .filter((entry) => entry.late && entry.person_id === c.me.person_id);
  return html`
    <section id="remark" class="live-part">
      <div class="section-head"><h2>${c.t('remark')}</h2></div>
      ${left < 0
        ? html`<p class="muted">${c.t('remark_over', { when: c.hourAndDay(until) })}</p>`
        : form(c, until)}
      ${own.length ? html`<h3>${c.t('remark_own')}</h3>${lines(c, own)}` : nothing}
    </section>`;
}

function form(c, until) {
  const waits = c.feed.pending.find(({ name }) => name === REMARK);
  const { item, text } = draft(c);
  return html`
    <form class="form" @submit=${(event) => send(c, event)}
      @input=${({ currentTarget: { elements: fields } }) => setting.set(place(c), written(fields))}>
      <p class="muted">${c.t('remark_until', { when: c.hourAndDay(until) })}</p>
      ${error ? html`<p class="field-error" role="alert">${error}</p>` : nothing}
      <div class="field">
        <label for="remark-item">${c.t('ask_item')}</label>
        <select id="remark-item" name="item_id" ?disabled=${waits}>
          ${c.seen.items.map((one, index) => html`
            <option value=${one.id} ?selected=${one.id === item}>${index + 1}. ${one.title}</option>`)}
        </select>
      </div>
      <div class="field">
        <label for="remark-text">${c.t('remark_text')}</label>
        <textarea id="remark-text" name="text" rows="4" maxlength=${TEXT_LENGTH} required ?disabled=${waits}
          .value=${text}></textarea>
      </div>
      <div class="actions">
        <button type="submit" class="btn btn-primary btn-large" ?disabled=${waits}>${c.t('remark_send')}</button>
        ${waits ? html`<span class="muted" role="status">${c.waits()}</span>` : nothing}
      </div>
    </form>`;
}

const written = (fields) => ({ item: Number(fields.item_id.value), text: fields.text.value });

async function send(c, event) {
  event.preventDefault();
  const { item, text } = written(event.currentTarget.elements);
  error = '';
  try {
    await c.feed.command(REMARK, { item_id: item, text });
    setting.set(place(c), null);
    c.toast(c.t('remark_saved'));
  } catch (refused) {
    error = refused.message;
  }
  c.draw();
}

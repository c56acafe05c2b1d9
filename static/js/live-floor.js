// Asking for the floor: the one large button, where one stands in the queue, and one's turn.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';

const ASKING = ['chair', 'secretary', 'participant'];
const NOTE_LENGTH = 500; // core.schema's Line
const REQUEST = 'speaker.request';

const mayAsk = (c) => ASKING.includes(c.me.role) && ['scheduled', 'live'].includes(c.seen.meeting.state);
const asking = (c) => c.feed.pending.find(({ name }) => name === REQUEST);
// What may be asked for: the item that is on, and those that come.
const open = (c) => c.seen.items.filter(({ state }) => state === 'current' || state === 'pending');

// -- The bar at the thumb ------------------------------------------------------------------

/** The reader's place in the queue of the present item, or the button that asks for one. */
export function floorBar(c) {
  if (!mayAsk(c)) return nothing;
  const { current, queue, speaking } = c.seen;
  if (speaking?.person_id === c.me.person_id) return ownTurn(c, speaking);
  const place = queue.find((one) => one.person_id === c.me.person_id);
  if (place) return ownPlace(c, place);
  const waits = asking(c);
  if (waits) {
    return html`<div class="live-floor" role="status">
      <p><b>${c.t('asking')}</b> <span class="muted">${c.waits()}</span></p>
    </div>`;
  }
  if (open(c).length === 0) return nothing;
  return html`
    <div class="live-floor">
      ${current
        ? html`
            <button type="button" id="floor-ask" class="btn btn-primary btn-large" @click=${() => request(c, { item_id: current.id })}>
              ${c.t('ask_floor')}
            </button>
            <button type="button" class="btn btn-large" @click=${() => openForm(c)}>${c.t('ask_with_note')}</button>`
        : html`
            <button type="button" id="floor-ask" class="btn btn-primary btn-large" @click=${() => openForm(c)}>
              ${c.t('ask_ahead')}
            </button>`}
    </div>`;
}

function ownTurn(c, speaker) {
  return html`
    <div class="live-floor live-floor-turn">
      <p><b>${c.t('your_turn')}</b> <span id="live-own-speech"></span></p>
      <button type="button" class="btn btn-large" @click=${() => c.give('speaker.finish', { speaker_id: speaker.id })}>
        ${c.t('finish')}
      </button>
    </div>`;
}

function ownPlace(c, place) {
  const ahead = c.seen.queue.indexOf(place);
  return html`
    <div class="live-floor">
      <p><b>${ahead === 0 ? c.t('you_next') : c.t('you_number', { number: ahead + 1 })}</b>
        <span class="muted">${place.note || c.t('wait_call')}</span></p>
      ${withdrawal(c, place, 'btn-large')}
    </div>`;
}

function withdrawal(c, speaker, size) {
  const given = c.feed.pending.some(({ name, args }) => name === 'speaker.withdraw' && args.speaker_id === speaker.id);
  return html`
    <button type="button" class="btn ${size}" ?disabled=${given}
      @click=${() => c.give('speaker.withdraw', { speaker_id: speaker.id })}>
      ${c.t('withdraw')}
    </button>`;
}

// -- With a note, for another item, as a reply ---------------------------------------------

function openForm(c) {
  const [first] = open(c);
  const item = c.seen.current ?? first;
  c.ui.form = { item: item.id, note: '', reply: false, error: '' };
  c.draw();
  document.getElementById('floor-note')?.focus({ preventScroll: true });
}

function closeForm(c) {
  c.ui.form = null;
  c.draw();
  document.getElementById('floor-ask')?.focus({ preventScroll: true });
}

/** The sheet in which one says about what, or null where it is not asked for. */
export function floorForm(c) {
  const { form } = c.ui;
  if (!form || !mayAsk(c)) return null;
  const { answerable, current, items } = c.seen;
  // Items may be skipped, or over, while the form is open.
  const choices = open(c);
  if (choices.length === 0) return null;
  if (!choices.some(({ id }) => id === form.item)) form.item = choices[0].id;
  const answers = form.item === current?.id && answerable && answerable.person_id !== c.me.person_id;
  const send = (event) => {
    event.preventDefault();
    const args = answers && form.reply
      ? { reply_to: answerable.id, note: form.note }
      : { item_id: form.item, note: form.note };
    request(c, args);
  };
  return html`
    <form class="live-sheet form" aria-labelledby="floor-title" @submit=${send}
      @keydown=${(event) => event.key === 'Escape' && closeForm(c)}>
      <h2 id="floor-title">${c.t('ask_title')}</h2>
      ${form.error ? html`<p class="field-error" role="alert">${form.error}</p>` : nothing}
      <div class="field">
        <label for="floor-item">${c.t('ask_item')}</label>
        <select id="floor-item" @change=${(event) => {
          form.item = Number(event.target.value);
          c.draw();
        }}>
          ${choices.map((item) => html`
            <option value=${item.id} ?selected=${item.id === form.item}>
              ${items.indexOf(item) + 1}. ${item.title}
            </option>`)}
        </select>
      </div>
      ${answers
        ? html`<label class="check">
            <input type="checkbox" .checked=${form.reply} @change=${(event) => { form.reply = event.target.checked; }}>
            ${c.t('ask_reply', { name: c.name(answerable.person_id) })}
          </label>`
        : nothing}
      <div class="field">
        <label for="floor-note">${c.t('ask_note')} <span class="optional">${c.t('optional')}</span></label>
        <input id="floor-note" maxlength=${NOTE_LENGTH} autocomplete="off" enterkeyhint="send" .value=${form.note}
          @input=${(event) => { form.note = event.target.value; }}>
      </div>
      <div class="live-choices">
        <button type="submit" class="btn btn-primary btn-large">${c.t('ask_send')}</button>
        <button type="button" class="btn btn-large" @click=${() => closeForm(c)}>${c.t('cancel')}</button>
      </div>
    </form>`;
}

// What was written stays in the form until the server has taken it.
async function request(c, args) {
  const { form } = c.ui;
  c.ui.form = null;
  try {
    await c.feed.command(REQUEST, args);
  } catch (error) {
    if (form) c.ui.form = { ...form, error: error.message };
    else c.toast(error.message, { error: true });
    c.draw();
  }
}

// -- The queue -----------------------------------------------------------------------------

/** Who waits for the present item, and what else the reader waits for. */
export function queue(c) {
  const { current, queue: waiting, waiting: own } = c.seen;
  const elsewhere = own.filter((one) => one.item_id !== current?.id);
  if (waiting.length + elsewhere.length === 0) return nothing;
  return html`
    <section id="queue" class="live-part">
      ${waiting.length
        ? html`<h2 class="live-label">${c.t('queue')}</h2>
            <ol class="live-queue">${repeat(waiting, (one) => one.id, (one) => waiter(c, one))}</ol>`
        : nothing}
      ${elsewhere.length
        ? html`<h2 class="live-label">${c.t('queue_own')}</h2>
            <ul class="live-queue">${repeat(elsewhere, (one) => one.id, (one) => ahead(c, one))}</ul>`
        : nothing}
    </section>`;
}

function waiter(c, one) {
  const { name, unit } = c.speaker(one);
  const own = one.person_id === c.me.person_id;
  return html`
    <li class=${own ? 'live-own' : ''}>
      <span class="num">${one.position}.</span>
      <p><b>${own ? c.t('you', { name }) : name}</b>
        ${one.reply_to ? html`<span class="badge">${c.t('reply')}</span>` : nothing}
        <span class="muted">${unit}</span></p>
    </li>`;
}

function ahead(c, one) {
  const item = c.seen.items.find(({ id }) => id === one.item_id);
  return html`
    <li>
      <p><b>${item?.title}</b>
        <span class="muted">${c.t('place', { number: one.position })}${one.note ? html` · ${one.note}` : nothing}</span></p>
      ${withdrawal(c, one, '')}
    </li>`;
}

// "To end at 11:00 cut 12 minutes": the server's proposal, to be taken item by item.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { items } from './console-agenda.js';
import { readTime } from './console-due.js';
import { asker } from './document-api.js';
import { clock, day, pageData } from './lib.js';

const ask = asker(pageData());

/** Open the dialog, for the planned end. */
export function openFit(c) {
  if (!c.live) return;
  c.ui.fit = { time: clock(c.meeting.ends_at), from: c.meeting.current_item_id, proposal: null, error: '' };
  c.open('fit');
  propose(c);
}

async function propose(c) {
  const { fit } = c.ui;
  const time = readTime(fit.time);
  if (!time) {
    fit.error = c.t('time_wrong');
    c.update();
    return;
  }
  const [date, month, year] = day(c.feed.now()).split('/');
  const ends = encodeURIComponent(`${year}-${month}-${date}T${time}:00+07:00`);
  Object.assign(fit, { error: '', proposal: null });
  c.update();
  try {
    const proposal = await ask(`/fitting?ends_at=${ends}`);
    for (const item of proposal.items) Object.assign(item, { taken: true, minutes: String(item.minutes) });
    fit.proposal = proposal;
  } catch (trouble) {
    fit.error = trouble.message || c.t('offline');
  }
  c.update();
}

// What is chosen, as the command wants it; null where a number is none.
function chosen({ items: proposed }) {
  const taken = proposed.filter(({ taken: yes }) => yes).map(({ item_id, minutes }) => ({ item_id, minutes: Number(minutes) }));
  return taken.every(({ minutes }) => Number.isInteger(minutes) && minutes >= 0 && minutes <= 1440) ? taken : null;
}

function accept(c) {
  const { fit } = c.ui;
  const taken = chosen(fit.proposal);
  if (taken === null) {
    fit.error = c.t('item_needs_minutes');
    c.update();
    return;
  }
  const before = taken.map(({ item_id }) => ({ item_id, minutes: c.feed.get('agenda_item', item_id)?.minutes ?? 0 }));
  if (taken.length > 0) {
    c.send('agenda.fit', { items: taken, from_item: fit.from }).then(() =>
      c.toast(c.t('fitted', { n: taken.length }), () => c.send('agenda.fit', { items: before })),
    );
  }
  c.close();
}

function saved(c, { items: proposed }) {
  return proposed
    .filter(({ taken }) => taken)
    .reduce((sum, { item_id, minutes }) => sum + (c.feed.get('agenda_item', item_id)?.minutes ?? 0) - Number(minutes), 0);
}

function row(c, each) {
  const item = c.feed.get('agenda_item', each.item_id);
  if (!item) return nothing;
  const number = items(c).findIndex(({ id }) => id === item.id) + 1;
  return html`
    <li class="fit-row">
      <label class="check"><input type="checkbox" .checked=${live(each.taken)} @change=${(event) => {
        each.taken = event.target.checked;
        c.update();
      }}> ${number}. ${item.title}</label>
      <span class="num muted">${item.minutes} →</span>
      <input class="input short num" inputmode="numeric" maxlength="4" aria-label=${c.t('item_minutes')} ?disabled=${!each.taken}
        .value=${live(each.minutes)} @input=${(event) => {
          each.minutes = event.target.value;
          c.update();
        }}>
    </li>`;
}

/** The dialog. */
export function fitDialog(c) {
  const { t } = c;
  const { fit } = c.ui;
  const { proposal } = fit;
  const stale = fit.from !== c.meeting.current_item_id;
  return html`
    <h2 id="dialog-title">${t('fit')}</h2>
    <div class="fit" @keydown=${(event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !proposal?.items.length) return;
      event.preventDefault();
      accept(c);
    }}>
      <form class="form fit-time" @submit=${(event) => {
        event.preventDefault();
        fit.from = c.meeting.current_item_id;
        propose(c);
      }}>
        <div class="field">
          <label for="fit-time">${t('fit_time')}</label>
          <input id="fit-time" autofocus autocomplete="off" .value=${live(fit.time)} aria-invalid=${fit.error ? 'true' : nothing}
            aria-describedby="fit-error" @input=${(event) => {
              fit.time = event.target.value;
              c.update();
            }}>
        </div>
        <button class="btn">${t('fit_again')} <kbd>Enter</kbd></button>
      </form>
      <p class="field-error" id="fit-error" role="alert" ?hidden=${!fit.error}>${fit.error}</p>
      ${stale ? html`<p class="notice">${t('fit_stale')}</p>` : nothing}
      ${proposal === null && !fit.error ? html`<p role="status">${t('fit_asking')}</p>` : nothing}
      ${proposal === null
        ? nothing
        : html`
          <p role="status"><b>${proposal.cut + proposal.missing === 0
            ? t('fit_in_time', { end: clock(proposal.predicted_end) })
            : t('fit_cut', { time: clock(proposal.ends_at), n: proposal.cut + proposal.missing, end: clock(proposal.predicted_end) })}</b>
            ${proposal.missing > 0 ? t('fit_missing', { n: proposal.missing }) : nothing}</p>
          <ul class="fit-rows">${proposal.items.map((each) => row(c, each))}</ul>
          ${proposal.items.length > 0 ? html`<p class="muted num">${t('fit_saved', { n: saved(c, proposal) })}</p>` : nothing}`}
      <form class="actions" @submit=${(event) => {
        event.preventDefault();
        accept(c);
      }}>
        <button type="button" class="btn btn-quiet" @click=${() => c.close()}>${t('cancel')}</button>
        ${proposal?.items.length > 0
          ? html`<button class="btn btn-primary" id="fit-accept">${t('fit_accept')} <kbd>Ctrl+Enter</kbd></button>`
          : nothing}
      </form>
    </div>`;
}

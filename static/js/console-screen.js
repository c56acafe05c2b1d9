// What the big screen shows, chosen by keyboard: type a few letters, Enter shows it.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { carriedList } from './carried-model.js';
import { best, composing } from './console-units.js';

const VOTES = 5; // the newest ones; an older result is in the record

/** What every big screen shows now: `{what, ref, page}`. */
export function onScreen(c) {
  return c.feed.get('screen', 1) ?? { what: 'agenda', ref: null, page: null };
}

/** What it shows, in words. */
export function screenText(c, { what, ref, page } = onScreen(c)) {
  const paper = what === 'paper' && c.feed.get('paper', ref);
  const vote = what === 'vote' && c.feed.get('vote', ref);
  // It shows the agenda where there is no longer what was chosen.
  if ((what === 'paper' && !paper) || (what === 'vote' && ref !== null && !vote)) return c.t('screen_agenda');
  if (paper) return c.t('screen_paper', { title: paper.title, page: page ?? 1 });
  if (what === 'vote') return vote ? c.t('screen_vote', { question: vote.question }) : c.t('votes');
  return c.t(`screen_${what}`);
}

function choices(c) {
  const { query } = c.ui.screen;
  const votes = c.feed.all('vote').sort((one, other) => other.id - one.id).slice(0, VOTES);
  const shown = c.shown();
  const papers = c.feed.all('paper').sort(
    // What belongs to the item that is looked at is wanted first.
    (one, other) => (other.item_id === shown) - (one.item_id === shown) || one.id - other.id,
  );
  const all = [
    { what: 'agenda' },
    { what: 'directives' },
    ...(carriedList(c.feed).length ? [{ what: 'follow_up' }] : []),
    { what: 'indicators' },
    { what: 'check_in' },
    ...votes.map(({ id }) => ({ what: 'vote', ref: id })),
    ...papers.map(({ id }) => ({ what: 'paper', ref: id })),
  ];
  // A number at the end is a paper's page: "ngân sách 12".
  const [, words, page] = /^(.*?)(?:\s+(\d{1,5}))?$/.exec(query.trim());
  const found = best(all, words, (one) => screenText(c, one), all.length);
  return found.map((one) => (one.what === 'paper' ? { ...one, page: pageWithin(c, one.ref, Number(page ?? 1)) } : one));
}

function pageWithin(c, paperId, page) {
  return Math.max(1, Math.min(page, c.feed.get('paper', paperId)?.pages ?? page));
}

function show(c, { what, ref = null, page = null }) {
  const args = { what };
  if (ref !== null) args.ref = ref;
  if (page !== null) args.page = page;
  c.send('screen.show', args).then(() => c.toast(c.t('screen_shows', { what: screenText(c, { what, ref, page }) })));
}

/** Another page of the paper that is on the screen. */
export function turnPage(c, by) {
  const { what, ref, page } = onScreen(c);
  if (what !== 'paper' || !c.mayMark) return;
  const next = pageWithin(c, ref, (page ?? 1) + by);
  if (next !== page) show(c, { what, ref, page: next });
}

/** Open the dialog. */
export function chooseScreen(c) {
  if (!c.mayMark) return;
  c.ui.screen = { query: '', index: 0 };
  c.open('screen');
}

/** The dialog. */
export function screenDialog(c) {
  const { t } = c;
  const { screen } = c.ui;
  const options = choices(c);
  const index = Math.min(screen.index, options.length - 1);
  const now = onScreen(c);
  const isNow = ({ what, ref = null }) => what === now.what && ref === (now.ref ?? null);
  const take = (option) => {
    if (!option) return;
    show(c, option);
    c.close();
  };
  const onKey = (event) => {
    if (composing(event)) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const by = event.key === 'ArrowDown' ? 1 : -1;
      screen.index = (index + by + options.length) % Math.max(1, options.length);
      c.update();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      take(options[index]);
    }
  };
  return html`
    <h2 id="dialog-title">${t('screen')}</h2>
    <p>${t('screen_now')} <b>${screenText(c)}</b></p>
    <div class="field">
      <label for="screen-find">${t('screen_find')}</label>
      <input id="screen-find" autofocus autocomplete="off" role="combobox" aria-autocomplete="list" aria-expanded="true"
        aria-controls="screen-list" aria-activedescendant=${options.length > 0 ? `screen-option-${index}` : nothing}
        .value=${live(screen.query)} @input=${(event) => {
          Object.assign(screen, { query: event.target.value, index: 0 });
          c.update();
        }} @keydown=${onKey}>
      <p class="field-hint">${t('screen_hint')}</p>
    </div>
    <div class="menu" id="screen-list" role="listbox" aria-label=${t('screen')}>
      ${options.length === 0 ? html`<p class="muted">${t('screen_nothing')}</p>` : nothing}
      ${options.map((option, at) => html`
        <div class="menu-item" role="option" id="screen-option-${at}" aria-selected=${at === index} @click=${() => take(option)}>
          ${screenText(c, option)} ${isNow(option) ? html`<span class="badge">${t('screen_on')}</span>` : nothing}</div>`)}
    </div>
    <p class="small"><a href="/meetings/${c.meeting.id}/screen" target="_blank">${t('screen_open')}</a></p>
    <form method="dialog" class="actions"><button class="btn btn-quiet">${t('dismiss')}</button></form>`;
}

// What stands: the record as it grows, conclusions, papers and the agenda.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { guard } from '/static/vendor/lit-html/directives/guard.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { clock } from './lib.js';

const SECTIONS = ['assessment', 'shortcomings', 'tasks', 'organisation'];

// -- The record ----------------------------------------------------------------------------

function line(c, entry) {
  const { name, unit } = c.speaker(entry);
  return html`
    <li class="live-entry ${entry.revision > c.firstRevision ? 'live-entry-new' : ''}">
      <p class="live-entry-head">
        <b>${name || unit || c.t(entry.kind)}</b>
        <time class="num" datetime=${entry.at}>${clock(entry.at)}</time>
      </p>
      ${name || unit
        ? html`<p class="live-entry-sub">
            ${name && unit ? html`${unit} · ` : nothing}<span>${c.t(entry.kind)}</span>
          </p>`
        : nothing}
      ${entry.late ? html`<p><span class="badge">${c.t('late_remark')}</span></p>` : nothing}
      <p class="prose">${entry.text}</p>
    </li>`;
}

/** Lines of the record. One is drawn anew only where it, or a name, has changed. */
export function lines(c, entries) {
  const names = [c.feed.version('person'), c.feed.version('unit')];
  const row = (entry) => guard([entry, ...names], () => line(c, entry));
  return html`<ol class="live-entries">${repeat(entries, (entry) => entry.id, row)}</ol>`;
}

/** The record. The item that is on stands newest first: whoever takes out the phone wants what was just
   said, and the page must not scroll under the reader's thumb to show it. What is past is
   read from its beginning, as the minutes will print it. */
export function record(c) {
  const { current, entriesOf: of, items } = c.seen;
  const past = items.filter((item) => item !== current && of(item).length > 0);
  const present = of(current).toReversed();
  const live = c.seen.meeting.state === 'live';
  return html`
    ${current
      ? html`
          <div class="section-head">
            <h2>${c.t('record_of_item')}</h2>
            ${present.length > 1 ? html`<span class="muted">${c.t('record_order')}</span>` : nothing}
          </div>
          ${present.length ? lines(c, present) : html`<p class="muted">${c.t('record_empty')}</p>`}`
      : html`<div class="section-head"><h2>${c.t('record')}</h2></div>`}
    ${!current && past.length === 0
      ? html`<p class="muted">${c.t(live ? 'record_empty_yet' : 'record_none')}</p>`
      : nothing}
    ${current && past.length ? html`<h3 class="live-earlier">${c.t('earlier')}</h3>` : nothing}
    ${repeat(
      past,
      (item) => item.id,
      (item) => html`
        <details class="live-past">
          <summary>
            <span>${items.indexOf(item) + 1}. ${item.title}</span>
            <span class="muted">${c.t('entries', { count: of(item).length })}</span>
          </summary>
          ${lines(c, of(item))}
        </details>`,
    )}`;
}

// -- Conclusions, agenda -------------------------------------------------------------------

/** What was concluded, in the parts that the notice will have. */
export function conclusions(c) {
  const { conclusions: all } = c.seen;
  return html`
    <div class="section-head"><h2>${c.t('conclusions')}</h2></div>
    ${all.length === 0 ? html`<p class="muted">${c.t('conclusions_empty')}</p>` : nothing}
    ${SECTIONS.map((section) => [section, all.filter((one) => one.section === section)])
      .filter(([, some]) => some.length)
      .map(
        ([section, some]) => html`
          <h3>${c.t(section)}</h3>
          <ul class="live-conclusions">
            ${repeat(some, (one) => one.id, (one) => html`<li class="prose">${one.text}</li>`)}
          </ul>`,
      )}`;
}

function agendaItem(c, item) {
  const ended = item.state === 'done' && item.used_seconds > 0;
  const minutes = ended
    ? c.t('took', { used: Math.max(1, Math.round(item.used_seconds / 60)), planned: item.minutes })
    : c.t('minutes', { minutes: item.minutes });
  const looks = { current: 'badge-live', done: 'badge-done' };
  return html`
    <li class="live-item live-item-${item.state}" aria-current=${item.state === 'current' ? 'step' : nothing}>
      <div>
        <p class="live-item-title">${item.title}</p>
        <p class="muted">
          ${item.presenter_unit_id ? html`${c.units([item.presenter_unit_id])} · ` : nothing}<span
            class="num">${minutes}</span>
        </p>
      </div>
      <p class="live-item-state">
        ${c.seen.ours.has(item.presenter_unit_id)
          ? html`<span class="badge badge-accent">${c.t('our_unit')}</span>`
          : nothing}
        <span class=${item.state === 'pending' ? 'visually-hidden' : `badge ${looks[item.state] ?? ''}`}>
          ${c.t(`item_${item.state}`)}
        </span>
      </p>
    </li>`;
}

/** The whole agenda. */
export function agenda(c) {
  return html`
    <div class="section-head"><h2>${c.t('agenda')}</h2></div>
    ${c.seen.items.length
      ? html`<ol class="live-agenda">${repeat(c.seen.items, (item) => item.id, (item) => agendaItem(c, item))}</ol>`
      : html`<p><b>${c.t('agenda_empty')}</b></p><p class="muted">${c.t('agenda_empty_hint')}</p>`}`;
}

// -- Papers --------------------------------------------------------------------------------

/** The papers, those of the item that is on first, and what the big screens show of them. */
export function papers(c) {
  const { current, items, papersOf: of, shown } = c.seen;
  const general = [...(current ? of(current) : []), ...of(null)];
  const rest = items.filter((item) => item !== current && of(item).length > 0);
  const list = (some) => html`<ul class="live-papers">${repeat(some, (one) => one.id, (one) => paper(c, one))}</ul>`;
  return html`
    <div class="section-head"><h2>${c.t(current ? 'papers_of_item' : 'papers')}</h2></div>
    ${shown
      ? html`<p class="live-shown">
          <span class="badge badge-live">${c.t('on_screen')}</span>
          <a href=${address(c, shown.paper, shown.page)}>${shown.page
            ? c.t('paper_page', { title: shown.paper.title, page: shown.page })
            : shown.paper.title}</a>
        </p>`
      : nothing}
    ${general.length ? list(general) : nothing}
    ${general.length + rest.length === 0 ? html`<p class="muted">${c.t('papers_empty')}</p>` : nothing}
    ${current && general.length === 0 && rest.length ? html`<p class="muted">${c.t('papers_none_here')}</p>` : nothing}
    ${repeat(rest, (item) => item.id, (item) => (current
      ? html`<details class="live-past">
          <summary>
            <span>${items.indexOf(item) + 1}. ${item.title}</span>
            <span class="muted">${c.t('papers_count', { count: of(item).length })}</span>
          </summary>
          ${list(of(item))}
        </details>`
      : html`<h3>${items.indexOf(item) + 1}. ${item.title}</h3>${list(of(item))}`))}`;
}

const address = (c, { id }, page) => `/meetings/${c.meetingId}/papers/${id}${page ? `#page=${page}` : ''}`;

function paper(c, one) {
  const about = [
    one.pages ? c.t('pages', { count: one.pages }) : '',
    one.version > 1 ? c.t('version', { number: one.version }) : '',
  ].filter(Boolean);
  return html`
    <li><a href=${address(c, one)}>${one.title}</a>
      ${about.length ? html`<span class="muted">${about.join(' · ')}</span>` : nothing}</li>`;
}

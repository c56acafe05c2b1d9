// The pictures of the big screen: each a function of what the feed holds at a moment.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { followUp } from './carried-screen.js';
import { byTime, clock, day, dueText, span, unitName } from './lib.js';
import { used } from './live-model.js';
import {
  byPosition, here, pageAt, pages, predictedEnd, resultOf, siteOf, turnOf, waitingFor,
} from './screen-model.js';

const PAGE_MS = 15_000; // how long one page of a long table or list stands
// How much of a table and of a list fits on a page, in rem, and letters on a line of them: rather
// too few, for what does not fit is not seen.
const TABLE_ROOM = 40;
const COLUMNS = { name: 27, measure: 10, plan: 9, estimate: 10, assessment: 13 };
const LIST_ROOM = 47;
const LIST_LETTERS = 76;
const SITES_AT_MOST = 12; // where there are more, only so many of those that are missing are named
const SECOND = 1000;

/**
 * @param {object} c what every picture is drawn from: `feed`, `t`, `lang`, `me`, `paper`, `code`,
 *   `site` (the one whose code is shown, null for the reader's own) and `presence`
 * @returns {Record<string, (picture: object, now: number) => *>} by the name of the view
 */
export function viewsOf(c) {
  const { feed, t } = c;

  // -- Words ---------------------------------------------------------------------------------

  const unit = (id) => unitName(feed.get('unit', id));
  const units = (ids) => (ids ?? []).map(unit).filter(Boolean).join(', ');
  const items = () => feed.sorted('agenda_item', byPosition);

  function longDay(moment) {
    const weekday = new Intl.DateTimeFormat(c.lang, { weekday: 'long', timeZone: 'Asia/Ho_Chi_Minh' });
    return `${weekday.format(new Date(moment))}, ${day(moment)}`;
  }

  // A long text is set smaller, so that it stays on the screen.
  function sized(text, ...limits) {
    return `size-${limits.filter((limit) => text.length > limit).length}`;
  }

  // -- The frame -----------------------------------------------------------------------------

  function head(now, { signal = endSignal(now) } = {}) {
    const ends = feed.meeting.state === 'live' && items().length > 0 && predictedEnd(items(), now);
    return html`
      <header class="top">
        <h1 class="top-title">${feed.meeting.title}</h1>
        ${signal}
        ${ends
          ? html`<p class="top-end ${ends >= Date.parse(feed.meeting.ends_at) + 60 * SECOND ? 'late' : ''}">
              ${t('predicted_end', { clock: clock(ends) })}</p>`
          : nothing}
        <p class="top-clock">${clock(now)}</p>
      </header>`;
  }

  // Whoever speaks sees the end of their time on whatever picture is on.
  function endSignal(now) {
    const speaker = speaking();
    const { left, state } = speaker ? turnOf(speaker, feed.meeting, now) : {};
    if (!['warning', 'over'].includes(state)) return nothing;
    const name = feed.get('person', speaker.person_id)?.name;
    return html`<p class="top-turn turn-${state}" id="signal">${name}: ${state === 'over'
      ? t('signal_over', { over: span(-left) }) : t('signal_warning', { left: span(Math.ceil(left)) })}</p>`;
  }

  const speaking = () => feed.all('speaker').find((each) => each.state === 'speaking');

  function sites() {
    if (!c.presence) return nothing;
    const { units: found, sites_connected: connected, sites_total: total } = c.presence;
    const position = (id) => feed.get('unit', id)?.position ?? 0;
    const all = Object.entries(found)
      .map(([id, { people }]) => ({ id, name: unit(id), on: people.length > 0 }))
      .sort((one, other) => position(one.id) - position(other.id));
    const on = all.filter((site) => site.on);
    const off = all.filter((site) => !site.on);
    const names = (some) => some.map(({ name }) => html`<li><span class="site-mark" aria-hidden="true"></span>${name}</li>`);
    return html`
      <footer class="sites">
        <ul class="sites-on"><li><b>${t('sites', { connected, total })}</b></li>
          ${all.length > SITES_AT_MOST ? nothing : names(on)}</ul>
        ${off.length ? html`<ul class="sites-off"><li>${t('sites_off')}</li>
          ${names(off.slice(0, SITES_AT_MOST))}</ul>` : nothing}
        ${quorum()}
      </footer>`;
  }

  function quorum() {
    const [counted] = feed.all('quorum');
    if (!counted) return nothing;
    const { present, members, needed, reached } = counted;
    return html`<p class="quorum ${reached ? 'quorum-reached' : ''}">
      ${t('quorum', { present, members, needed })} <b>${t(reached ? 'quorum_reached' : 'quorum_short')}</b></p>`;
  }

  // -- The agenda ----------------------------------------------------------------------------

  function agenda(_picture, now) {
    const list = items();
    const at = list.findIndex((item) => item.id === feed.meeting.current_item_id);
    const item = list[at];
    const next = list.slice(at + 1).find((each) => each.state === 'pending');
    const speaker = speaking();
    return html`
      ${head(now, { signal: nothing })}
      <section class="now">
        ${item ? current(item, at + 1, list.length) : between(list)}
        <div class="clocks">
          ${item ? itemClock(item, now) : nothing}
          ${speaker ? turn(speaker, now) : waiting(item)}
        </div>
        <div class="then">
          ${next
            ? html`<p><span class="kicker">${t('next')}</span> <b>${next.title}</b>${
                next.presenter_unit_id ? html` <span class="dim">${unit(next.presenter_unit_id)}</span>` : nothing
              }</p>`
            : item ? html`<p class="dim">${t('next_none')}</p>` : nothing}
        </div>
      </section>
      ${sites()}`;
  }

  function current(item, number, total) {
    return html`
      <p class="kicker">${t('item_of', { number, total })}${
        item.presenter_unit_id
          ? html`<span class="dim"> · ${t('presented_by', { who: unit(item.presenter_unit_id) })}</span>`
          : nothing
      }</p>
      <h2 class="what ${sized(item.title, 90, 150, 220)}">${item.title}</h2>`;
  }

  function between(list) {
    const ended = list.some((item) => item.state !== 'pending');
    return html`
      <h2 class="what">${t(ended ? 'after_last' : 'before_first')}</h2>
      <p class="dim large">${t(ended ? 'after_last_hint' : 'before_first_hint')}</p>`;
  }

  function itemClock(item, now) {
    const seconds = used(item, now);
    const plan = item.minutes * 60;
    const over = plan > 0 && seconds >= plan;
    const minutes = Math.floor((seconds - plan) / 60);
    let words = t('left', { minutes: Math.ceil((plan - seconds) / 60) });
    if (over) words = minutes < 1 ? t('overrun_start') : t('overrun', { minutes });
    return html`
      <div class="clock ${over ? 'late' : ''}" id="item-clock">
        <p class="kicker">${t('item_time')}</p>
        <p class="digits">${span(seconds)}<span class="dim"> / ${t('minutes', { minutes: item.minutes })}</span></p>
        ${plan ? html`
          <progress max=${plan} value=${Math.min(seconds, plan)} aria-hidden="true"></progress>
          <p class="large"><b>${words}</b></p>` : nothing}
      </div>`;
  }

  function turn(speaker, now) {
    const { seconds, left, state } = turnOf(speaker, feed.meeting, now);
    const person = feed.get('person', speaker.person_id);
    const words = {
      free: () => '',
      running: () => t('speaking_left'),
      warning: () => t('speaking_warning'),
      over: () => t('speaking_over', { over: span(-left) }),
    }[state]();
    return html`
      <div class="clock turn turn-${state}" id="turn">
        <p class="kicker">${t('speaking')}</p>
        <p class="speaker">${person?.name}</p>
        <p class="large">${[person?.title, unit(person?.unit_id)].filter(Boolean).join(', ')}</p>
        <p class="turn-time"><span class="digits">${state === 'free' ? span(seconds) : span(Math.ceil(Math.max(0, left)))}</span>
          <b>${words}</b></p>
      </div>`;
  }

  // Who has asked for the floor, while nobody has it.
  function waiting(item) {
    const queue = feed.all('speaker')
      .filter((each) => each.state === 'waiting' && each.item_id === item?.id)
      .sort(byPosition);
    if (queue.length === 0) return nothing;
    return html`
      <div class="clock" id="queue">
        <p class="kicker">${t('queue', { count: queue.length })}</p>
        <ol class="queue">${queue.slice(0, 4).map(({ person_id: id }) => {
          const person = feed.get('person', id);
          return html`<li><b>${person?.name}</b> <span class="dim">${unit(person?.unit_id)}</span></li>`;
        })}</ol>
      </div>`;
  }

  // -- Before and after ----------------------------------------------------------------------

  function before(_picture, now) {
    const { title, starts_at: starts, location } = feed.meeting;
    const minutes = Math.ceil((Date.parse(starts) - now) / 60_000);
    return html`
      <header class="top"><p class="top-title">${t('to_open')}</p><p class="top-clock">${clock(now)}</p></header>
      <section class="now">
        <h1 class="what ${sized(title, 90, 170, 300)}">${title}</h1>
        <p class="large">${t('starts', { clock: clock(starts), day: longDay(starts) })}</p>
        ${location ? html`<p class="large dim">${location}</p>` : nothing}
        <div class="then">
          ${minutes > 0 && minutes <= 120 ? html`<p><b>${t('opens_in', { minutes })}</b></p>` : nothing}
        </div>
      </section>
      ${sites()}`;
  }

  function closed(_picture, now) {
    const { closed_at: at } = feed.meeting;
    return html`
      ${head(now)}
      <section class="now alone">
        <h2 class="what">${at ? t('closed_at', { clock: clock(at), day: day(at) }) : t('closed')}</h2>
        <p class="large dim">${t('closed_count', {
          conclusions: feed.all('conclusion').length, directives: byChair().length,
        })}</p>
      </section>`;
  }

  function cancelled(_picture, now) {
    return html`
      ${head(now)}
      <section class="now alone">
        <h2 class="what">${t('cancelled')}</h2>
        <p class="large dim">${feed.meeting.cancel_reason}</p>
      </section>`;
  }

  function removed() {
    return html`
      <section class="now alone"><h1 class="what">${t('removed')}</h1>
        <p class="large dim">${t('removed_hint')}</p></section>`;
  }

  // -- Papers, indicators, votes -------------------------------------------------------------

  function paper({ paper: shown, page }, now) {
    c.paper.show(shown, page);
    const words = { loading: t('paper_loading'), failed: t('paper_failed') }[c.paper.state];
    return html`
      ${c.paper.element}
      ${words ? html`<p class="paper-words" role="status">${words}</p>` : nothing}
      <h1 class="visually-hidden">${shown.title}</h1>
      <div class="paper-signal">${endSignal(now)}</div>
      ${shown.pages ? html`<p class="paper-page">${Math.min(page, shown.pages)}/${shown.pages}</p>` : nothing}`;
  }

  function paged(found, now) {
    const at = pageAt(found.length, now, PAGE_MS);
    return {
      rows: found[at] ?? [],
      foot: found.length > 1
        ? html`<p class="page-of">${t('page_of', { page: at + 1, pages: found.length })}</p>`
        : nothing,
    };
  }

  function indicators(_picture, now) {
    const list = feed.sorted('indicator', byPosition);
    const columns = Object.keys(COLUMNS);
    const lines = (row) => Math.max(...columns.map((name) => Math.ceil(row[name].length / COLUMNS[name])));
    const height = (row) => 3 * lines(row) + 2;
    const { rows, foot } = paged(pages(list, height, TABLE_ROOM), now);
    return html`
      ${head(now)}
      <section class="board">
        <h2>${t('indicators')}</h2>
        ${rows.length ? html`
          <table>
            <thead><tr>${columns.map((name) => html`<th scope="col" class="column-${name}">${t(`indicator_${name}`)}</th>`)}</tr></thead>
            <tbody>${rows.map((row) => html`
              <tr>${columns.map((name) => html`<td class="column-${name}">${row[name] || '–'}</td>`)}</tr>`)}</tbody>
          </table>` : html`<p class="large dim">${t('indicators_none')}</p>`}
        ${foot}
      </section>`;
  }

  function vote({ vote: shown }, now) {
    return html`
      ${head(now)}
      <section class="board vote" id="vote">
        <p class="kicker">${t(shown.secret ? 'vote_secret' : 'vote_public')} · ${t(`vote_${shown.state}`)}</p>
        <h2 class="what ${sized(shown.question, 90, 170, 300)}">${shown.question}</h2>
        ${shown.state === 'open' ? voting(shown) : result(shown)}
      </section>`;
  }

  function voting(shown) {
    const { waiting: left, of } = waitingFor(shown, feed.all('ballot'));
    return html`
      <p class="digits" id="vote-waiting">${left}<span class="dim">/${of}
        ${t(left ? 'vote_waiting' : 'vote_complete')}</span></p>
      <progress max=${of} value=${of - left} aria-hidden="true"></progress>`;
  }

  function result(shown) {
    const { rows, of, without } = resultOf(shown);
    const hands = Object.values(shown.hands ?? {}).reduce((sum, count) => sum + count, 0);
    const percent = new Intl.NumberFormat(c.lang, { style: 'percent', maximumFractionDigits: 1 });
    return html`
      <dl class="result">${rows.map(({ choice, count, share }) => html`
        <div class="result-${choice}"><dt>${t(choice)}</dt>
          <dd><progress max="1" value=${share} aria-hidden="true"></progress><b>${count}/${of}</b>
            <span class="dim">${percent.format(share)}</span></dd></div>`)}
      </dl>
      <p class="large dim">${[
        without && t('vote_without', { count: without }),
        hands && t('vote_hands', { count: hands }),
      ].filter(Boolean).join(' · ')}</p>`;
  }

  // -- Directives ----------------------------------------------------------------------------

  // What the chair has given, not what units have passed on of it.
  const byChair = () => feed.sorted('directive', byTime).filter(({ parent_id: parent }) => !parent);

  // `trước ngày 25 hằng tháng` says more than `thường xuyên` (minutes.composing.parts).
  const dueOf = ({ due, due_text: text }) =>
    text && (!due || due === 'ongoing') ? text : dueText(due, t);

  function directives(_picture, now) {
    const list = byChair();
    const numbered = list.map((directive, index) => ({ ...directive, number: index + 1 }));
    const height = ({ text }) => 3.1 * Math.ceil(text.length / LIST_LETTERS) + 5;
    const { rows, foot } = paged(pages(numbered, height, LIST_ROOM), now);
    return html`
      ${head(now)}
      <section class="board">
        <h2>${t('directives', { count: list.length })}</h2>
        ${rows.length ? html`<ol class="directives">${rows.map((one) => html`
          <li><span class="number">${one.number}</span><div>
            <p>${one.text}</p>
            <p class="dim">${responsible(one)}</p></div></li>`)}</ol>`
          : html`<p class="large dim">${t('directives_none')}</p>`}
        ${foot}
      </section>`;
  }

  function responsible(one) {
    return [
      one.lead_unit_ids.length && t('lead', { units: units(one.lead_unit_ids) }),
      one.supporting_unit_ids.length && t('supporting', { units: units(one.supporting_unit_ids) }),
      dueOf(one) && t('due', { due: dueOf(one) }),
    ].filter(Boolean).join(' · ');
  }

  // One directive or conclusion that fills the screen.
  function given({ given: one, kind }, now) {
    return html`
      ${head(now)}
      <section class="now alone given" id="given">
        <p class="kicker">${t(kind)}</p>
        <h2 class="what ${sized(one.text, 110, 220, 420, 800)}">${one.text}</h2>
        ${kind === 'directive' ? html`
          <dl class="given-facts">
            ${one.lead_unit_ids.length ? html`<div><dt>${t('lead_short')}</dt><dd>${units(one.lead_unit_ids)}</dd></div>` : nothing}
            ${one.supporting_unit_ids.length ? html`<div><dt>${t('supporting_short')}</dt><dd>${units(one.supporting_unit_ids)}</dd></div>` : nothing}
            ${dueOf(one) ? html`<div><dt>${t('due_short')}</dt><dd>${dueOf(one)}</dd></div>` : nothing}
          </dl>` : nothing}
      </section>`;
  }

  // -- Check-in ------------------------------------------------------------------------------

  function checkIn(_picture, now) {
    const site = c.site ?? siteOf(feed, c.me.unit_id);
    c.code.show(c.site);
    const people = feed.all('attendance').filter((one) => siteOf(feed, one.unit_id) === site);
    const came = people.filter(here);
    const newest = came.filter((one) => one.checked_by === 'code')
      .sort((one, other) => (one.at < other.at ? 1 : -1)).slice(0, 3);
    const seconds = Math.max(0, Math.ceil((c.code.nextAt - Date.now()) / SECOND));
    return html`
      ${head(now)}
      <section class="check-in">
        <div class="code">${c.code.picture
          ? html`<img id="code" src=${c.code.picture} alt=${t('code')}>`
          : html`<p>${c.code.problem ?? t(c.code.offline ? 'code_offline' : 'code_loading')}</p>`}</div>
        <div>
          <p class="kicker">${t('check_in')}</p>
          <h2 class="what">${unit(site)}</h2>
          <ol class="steps"><li>${t('step_scan')}</li><li>${t('step_sign_in')}</li></ol>
          <p class="large">${t('came', { count: came.length, of: people.length })}</p>
          <ul class="newest">${newest.map((one) =>
            html`<li><span aria-hidden="true">✓</span> ${feed.get('person', one.person_id)?.name}</li>`)}</ul>
          ${c.code.picture ? html`<p class="dim large">${t('code_next', { seconds })}</p>` : nothing}
        </div>
      </section>`;
  }

  return {
    agenda, before, closed, cancelled, removed, paper, indicators, vote, directives, given, check_in: checkIn,
    follow_up: followUp(c, { head, paged, units }),
  };
}

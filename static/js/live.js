// The participant's page: what is on now, what comes next and when it is our turn, and the
// record as it grows. Made for a phone in the hand; it reads the feed and sends one
// command, the check-in.

import { html, nothing, render } from '/static/vendor/lit-html/lit-html.js';
import { guard } from '/static/vendor/lit-html/directives/guard.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { BLIP_MS, Feed } from './feed.js';
import { clock, day, dueText, pageData, span, translator, unitName } from './lib.js';
import { picture, turn, used } from './live-model.js';
import { missedNotice } from './missed.js';

const FIVE_MINUTES = 300_000;
const SECTIONS = ['assessment', 'shortcomings', 'tasks', 'organisation'];
const CHECK_IN = 'attendance.check_in';

const { meeting_id: meetingId, me, strings, lang } = pageData();
const t = translator(strings);
const root = document.getElementById('live');
const feed = new Feed({ meetingId, account: me.account_id });

let seen = null; // the picture of the feed's present revision
let seenAt = -1; // its revision
let firstRevision = null; // what came later than this is new to the reader
let changing = false; // the reader asked to change the check-in
let refusal = null; // why the check-in was refused
let lostAt = null; // the server's time when the connection went
let blip = null;

// -- Words ---------------------------------------------------------------------------------

function hour(value) {
  const [hours, minutes] = clock(value).split(':');
  return t('clock', { hour: Number(hours), minute: minutes }).replaceAll(' ', '\u00a0');
}

function length(minutes) {
  return minutes < 60
    ? t('minutes', { minutes })
    : t('hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

// The day is named only where it is not today.
function hourAndDay(value) {
  const plain = hour(value);
  return day(value) === day(feed.now())
    ? plain
    : t('clock_and_day', { clock: plain, day: day(value) });
}

function longDay(value) {
  const weekday = new Intl.DateTimeFormat(lang, { weekday: 'long', timeZone: 'Asia/Ho_Chi_Minh' });
  return `${weekday.format(new Date(value))}, ${day(value)}`;
}

function when({ starts_at: starts, ends_at: ends }) {
  const hours = ends ? t('from_to', { start: hour(starts), end: hour(ends) }) : hour(starts);
  return `${hours}, ${longDay(starts)}`;
}

const units = (ids) => ids.map((id) => unitName(seen.unit(id))).filter(Boolean).join(', ');

function speaker(entry) {
  const person = seen.person(entry.person_id);
  const name = person?.name ?? entry.speaker_name ?? '';
  return { name, unit: unitName(seen.unit(entry.unit_id ?? person?.unit_id)) };
}

function stateOf(meeting) {
  if (meeting.cancelled_at) return 'cancelled';
  return meeting.state === 'archived' ? 'closed' : meeting.state;
}

// -- Now and next --------------------------------------------------------------------------

function now() {
  const { current, last, items, number } = seen;
  if (!current) {
    const ended = items.some((item) => item.state !== 'pending');
    return html`
      <h2 class="live-what">${t(ended ? 'after_last' : 'before_first')}</h2>
      <p class="muted">${t(ended ? 'after_last_hint' : 'before_first_hint')}</p>`;
  }
  const { name, unit } = last ? speaker(last) : {};
  return html`
    <p class="live-label">
      <span>${t('now')}</span> <span>${t('item_of', { number, total: items.length })}</span>
    </p>
    <h2 class="live-what">${current.title}</h2>
    ${current.presenter_unit_id
      ? html`<p class="live-who">${t('presented_by', { who: units([current.presenter_unit_id]) })}</p>`
      : nothing}
    <div id="live-clock"></div>
    ${last
      ? html`<p class="live-last">
          ${t('spoke_last', { who: [name, unit].filter(Boolean).join(', ') })}
          <span class="muted nowrap">${t('at', { clock: hour(last.at) })}</span>
        </p>`
      : nothing}`;
}

function clockOf(item) {
  const seconds = used(item, feed.now());
  const plan = (item.minutes ?? 0) * 60;
  if (!plan) return html`<p class="live-clock"><b>${span(seconds)}</b></p>`;
  const left = plan - seconds;
  const over = Math.floor(-left / 60);
  let words;
  if (left > 0) words = t('left', { minutes: Math.ceil(left / 60) });
  else words = over < 1 ? t('overrun_start') : t('overrun', { minutes: over });
  return html`
    <p class="live-clock ${left > 0 ? '' : 'live-over'}">
      <b>${span(seconds)}</b>
      <span>${t('planned', { minutes: item.minutes })}</span>
      <strong>${words}</strong>
    </p>
    <progress class="${left > 0 ? '' : 'progress-late'}" max=${plan} value=${Math.min(seconds, plan)}
      aria-hidden="true"></progress>`;
}

function next() {
  const { current, next: item } = seen;
  return html`
    <div id="live-turn"></div>
    ${item
      ? html`
          <h2 class="live-label">${t('next')}</h2>
          <p class="live-next">
            <b>${item.title}</b>
            ${item.presenter_unit_id
              ? html`<span class="muted">${units([item.presenter_unit_id])}</span>`
              : nothing}
          </p>`
      : current
        ? html`<p class="muted">${t('next_none')}</p>`
        : nothing}`;
}

function ourTurn() {
  const { kind, item, minutes } = turn(seen, feed.now());
  if (kind === 'none') return nothing;
  if (kind === 'over') return html`<p class="live-turn live-turn-over">${t('turn_over')}</p>`;
  const key = minutes === 0 || kind === 'now'
    ? { now: 'turn_now', next: 'turn_next_soon', later: 'turn_soon' }[kind]
    : { next: 'turn_next', later: 'turn_later' }[kind];
  return html`
    <p class="live-turn ${kind === 'later' ? '' : 'live-turn-near'}">
      <b>${t(key, { time: length(minutes ?? 0) })}</b>
      ${kind === 'later' ? html`<span>${item.title}</span>` : nothing}
    </p>`;
}

// -- Check-in ------------------------------------------------------------------------------

function asked() {
  const waits = feed.pending.some(({ name }) => name === CHECK_IN);
  return !waits && (changing || (seen.mine.status ?? 'unknown') === 'unknown');
}

function checkIn() {
  if (!seen.mine) return nothing;
  const waiting = feed.pending.findLast(({ name }) => name === CHECK_IN);
  if (asked()) {
    return html`
      <section class="live-ask" aria-labelledby="ask-title">
        <h2 id="ask-title">${t('check_in_ask')}</h2>
        ${refusal
          ? html`<p class="field-error" role="alert">${t('not_saved', { message: refusal })}</p>`
          : nothing}
        <div class="live-choices">
          ${['on_site', 'online'].map(
            (mode) => html`
              <button type="button" class="btn btn-primary btn-large" @click=${() => choose(mode)}>
                ${t(mode)}
              </button>`,
          )}
        </div>
        ${(seen.mine.status ?? 'unknown') !== 'unknown'
          ? html`<button type="button" class="btn btn-quiet" @click=${() => change(false)}>
              ${t('keep')}
            </button>`
          : nothing}
      </section>`;
  }
  const { status, deputy_name: deputy, reason } = seen.mine;
  return html`
    <section class="live-checked" aria-label=${t('check_in')}>
      <p>
        ${waiting ? t(waiting.args.mode) : t(`is_${status}`)}${deputy && !waiting ? html`. ${t('deputy', { name: deputy })}` : nothing}${reason && !waiting
          ? html`. ${t('reason', { reason })}`
          : nothing}
        ${waiting
          ? html`<span class="muted" role="status">
              ${t(feed.state === 'live' ? 'sending' : 'waits')}
            </span>`
          : nothing}
      </p>
      ${waiting
        ? nothing
        : html`<button type="button" id="check-in-change" class="btn btn-quiet" @click=${() => change(true)}>
            ${t('change')}
          </button>`}
    </section>`;
}

function change(wanted) {
  changing = wanted;
  refusal = null;
  draw();
  const target = wanted ? root.querySelector('.live-ask button') : document.getElementById('check-in-change');
  target?.focus({ preventScroll: true });
}

async function choose(mode) {
  changing = false;
  refusal = null;
  try {
    await feed.command(CHECK_IN, { mode });
  } catch (error) {
    refusal = error.message;
    changing = true;
  }
  draw();
  document.getElementById('check-in-change')?.focus({ preventScroll: true });
}

// -- The record ----------------------------------------------------------------------------

function line(entry) {
  const { name, unit } = speaker(entry);
  return html`
    <li class="live-entry ${entry.revision > firstRevision ? 'live-entry-new' : ''}">
      <p class="live-entry-head">
        <b>${name || unit || t(entry.kind)}</b>
        <time class="num" datetime=${entry.at}>${clock(entry.at)}</time>
      </p>
      ${name || unit
        ? html`<p class="live-entry-sub">
            ${name && unit ? html`${unit} · ` : nothing}<span>${t(entry.kind)}</span>
          </p>`
        : nothing}
      <p class="prose">${entry.text}</p>
    </li>`;
}

// A line is drawn anew only where it, or a name, has changed.
function lines(entries) {
  const names = [feed.version('person'), feed.version('unit')];
  const row = (entry) => guard([entry, ...names], () => line(entry));
  return html`<ol class="live-entries">${repeat(entries, (entry) => entry.id, row)}</ol>`;
}

// The item that is on stands newest first: whoever takes out the phone wants what was just
// said, and the page must not scroll under the reader's thumb to show it. What is past is
// read from its beginning, as the minutes will print it.
function record() {
  const { current, entriesOf: of, items } = seen;
  const past = items.filter((item) => item !== current && of(item).length > 0);
  const present = of(current).toReversed();
  const live = stateOf(seen.meeting) === 'live';
  return html`
    ${current
      ? html`
          <div class="section-head">
            <h2>${t('record_of_item')}</h2>
            ${present.length > 1 ? html`<span class="muted">${t('record_order')}</span>` : nothing}
          </div>
          ${present.length ? lines(present) : html`<p class="muted">${t('record_empty')}</p>`}`
      : html`<div class="section-head"><h2>${t('record')}</h2></div>`}
    ${!current && past.length === 0
      ? html`<p class="muted">${t(live ? 'record_empty_yet' : 'record_none')}</p>`
      : nothing}
    ${current && past.length ? html`<h3 class="live-earlier">${t('earlier')}</h3>` : nothing}
    ${repeat(
      past,
      (item) => item.id,
      (item) => html`
        <details class="live-past">
          <summary>
            <span>${items.indexOf(item) + 1}. ${item.title}</span>
            <span class="muted">${t('entries', { count: of(item).length })}</span>
          </summary>
          ${lines(of(item))}
        </details>`,
    )}`;
}

// -- Directives, conclusions, agenda -------------------------------------------------------

function directive(one) {
  const due = dueText(one.due, t) || one.due_text;
  return html`
    <li class="live-directive ${one.part ? 'live-ours' : ''}">
      ${one.part ? html`<p><span class="badge badge-accent">${t(`ours_${one.part}`)}</span></p>` : nothing}
      <p class="prose">${one.text}</p>
      <p class="live-directive-foot">
        ${due ? html`<b>${t('due', { due })}</b>` : nothing}
        ${one.lead_unit_ids.length ? html`<span>${t('lead', { units: units(one.lead_unit_ids) })}</span>` : nothing}
        ${one.supporting_unit_ids.length
          ? html`<span>${t('supporting', { units: units(one.supporting_unit_ids) })}</span>`
          : nothing}
      </p>
    </li>`;
}

function directives() {
  const ours = seen.directives.filter((one) => one.part);
  const others = seen.directives.filter((one) => !one.part);
  const list = (some) => html`<ul>${repeat(some, (one) => one.id, directive)}</ul>`;
  return html`
    <div class="section-head"><h2>${t('directives')}</h2></div>
    ${seen.directives.length === 0 ? html`<p class="muted">${t('directives_empty')}</p>` : nothing}
    ${ours.length
      ? html`<h3>${t('directives_ours', { count: ours.length })}</h3>${list(ours)}`
      : nothing}
    ${ours.length && others.length
      ? html`<h3>${t('directives_others', { count: others.length })}</h3>`
      : nothing}
    ${others.length ? list(others) : nothing}`;
}

function conclusions() {
  const { conclusions: all } = seen;
  return html`
    <div class="section-head"><h2>${t('conclusions')}</h2></div>
    ${all.length === 0 ? html`<p class="muted">${t('conclusions_empty')}</p>` : nothing}
    ${SECTIONS.map((section) => [section, all.filter((one) => one.section === section)])
      .filter(([, some]) => some.length)
      .map(
        ([section, some]) => html`
          <h3>${t(section)}</h3>
          <ul class="live-conclusions">
            ${repeat(some, (one) => one.id, (one) => html`<li class="prose">${one.text}</li>`)}
          </ul>`,
      )}`;
}

function agendaItem(item) {
  const ended = item.state === 'done' && item.used_seconds > 0;
  const minutes = ended
    ? t('took', { used: Math.max(1, Math.round(item.used_seconds / 60)), planned: item.minutes })
    : t('minutes', { minutes: item.minutes });
  const looks = { current: 'badge-live', done: 'badge-done' };
  return html`
    <li class="live-item live-item-${item.state}" aria-current=${item.state === 'current' ? 'step' : nothing}>
      <div>
        <p class="live-item-title">${item.title}</p>
        <p class="muted">
          ${item.presenter_unit_id ? html`${units([item.presenter_unit_id])} · ` : nothing}<span
            class="num">${minutes}</span>
        </p>
      </div>
      <p class="live-item-state">
        ${seen.ours.has(item.presenter_unit_id)
          ? html`<span class="badge badge-accent">${t('our_unit')}</span>`
          : nothing}
        <span class=${item.state === 'pending' ? 'visually-hidden' : `badge ${looks[item.state] ?? ''}`}>
          ${t(`item_${item.state}`)}
        </span>
      </p>
    </li>`;
}

function agenda() {
  return html`
    <div class="section-head"><h2>${t('agenda')}</h2></div>
    ${seen.items.length
      ? html`<ol class="live-agenda">${repeat(seen.items, (item) => item.id, agendaItem)}</ol>`
      : html`<p><b>${t('agenda_empty')}</b></p><p class="muted">${t('agenda_empty_hint')}</p>`}`;
}

// -- The page in each state of the meeting -------------------------------------------------

function head(state) {
  return html`
    <header class="live-head">
      <h1 class="live-title">${seen.meeting.title}</h1>
      <span class="badge ${state === 'live' ? 'badge-live' : ''}">${t(`state_${state}`)}</span>
    </header>`;
}

// Only web addresses become links, whatever was typed.
function onlineRoom({ online_url: url }) {
  if (!url || !/^https?:\/\//i.test(url)) return nothing;
  return html`
    <a class="btn live-join" href=${url} target="_blank" rel="noopener noreferrer">
      ${t('join_online')}<span class="visually-hidden"> (${t('new_tab')})</span>
    </a>`;
}

function plannedTurn({ starts_at: starts }) {
  const { kind, minutes } = turn(seen, feed.now());
  if (kind !== 'later') return nothing;
  const at = Math.round(Date.parse(starts) / FIVE_MINUTES + minutes / 5) * FIVE_MINUTES;
  return html`<p class="live-turn"><b>${t('turn_planned', { clock: hour(at) })}</b></p>`;
}

function before(meeting) {
  return html`
    <section id="now" class="live-now">
      <h2 class="live-what">${t('to_open')}</h2>
      <dl class="facts">
        <dt>${t('when')}</dt>
        <dd>${when(meeting)}</dd>
        ${meeting.location ? html`<dt>${t('where')}</dt><dd>${meeting.location}</dd>` : nothing}
      </dl>
      ${plannedTurn(meeting)} ${onlineRoom(meeting)}
      <p class="muted">${t(meeting.state === 'draft' ? 'draft_hint' : 'to_open_hint')}</p>
    </section>
    <div class="live-beside">${meeting.state === 'scheduled' ? checkIn() : nothing}</div>
    <div class="live-side"><section id="agenda">${agenda()}</section></div>`;
}

// A part of the page that is drawn anew only when something of these types has changed.
function since(types, part) {
  return guard([...types, 'unit', 'person'].map((type) => feed.version(type)), part);
}

function parts() {
  return html`
    <section id="record" class="live-record">${since(['entry', 'agenda_item', 'meeting'], record)}</section>
    <div class="live-side">
      <section id="directives">${since(['directive'], directives)}</section>
      <section>${since(['conclusion'], conclusions)}</section>
      <section id="agenda">${since(['agenda_item'], agenda)}</section>
    </div>
    <nav class="live-jump" aria-label=${t('jump')}>
      <a href="#now">${t('jump_now')}</a>
      <a href="#record">${t('record')}</a>
      <a href="#directives">${t('directives_short')}</a>
      <a href="#agenda">${t('agenda')}</a>
    </nav>`;
}

function during(meeting) {
  return html`
    <section id="now" class="live-now">${now()}</section>
    <div class="live-beside">
      <section>${next()} ${onlineRoom(meeting)}</section>
      ${checkIn()}
    </div>
    ${parts()}`;
}

function after(meeting) {
  return html`
    <section id="now" class="live-now">
      <h2 class="live-what">
        ${meeting.closed_at ? t('closed_at', { when: hourAndDay(meeting.closed_at) }) : t('closed_plain')}
      </h2>
      <p class="muted">${t('closed_hint')}</p>
      <p><a class="btn btn-primary" href="/meetings/${meetingId}/documents">${t('documents')}</a></p>
    </section>
    ${parts()}`;
}

function cancelled(meeting) {
  return html`
    <section id="now" class="live-now">
      <h2 class="live-what">${t('cancelled')}</h2>
      ${meeting.cancel_reason
        ? html`<p class="prose">${t('reason', { reason: meeting.cancel_reason })}</p>`
        : nothing}
      <p class="muted">${t('cancelled_was', { when: when(meeting) })}</p>
      <p><a class="btn" href="/meetings">${t('to_meetings')}</a></p>
    </section>`;
}

function removed() {
  return html`
    <section class="empty">
      <h1 class="empty-title">${t('removed')}</h1>
      <p>${t('removed_hint')}</p>
      <p><a class="btn" href="/meetings">${t('to_meetings')}</a></p>
    </section>`;
}

const PAGES = { draft: before, scheduled: before, live: during, closed: after, cancelled };

// -- Drawing -------------------------------------------------------------------------------

function draw() {
  if (feed.state === 'lost') {
    render(removed(), root);
    say('');
    return;
  }
  if (!feed.loaded) return; // what the server sent says that we are loading
  firstRevision ??= feed.revision;
  if (seenAt !== feed.revision) {
    seen = picture(feed, me);
    seenAt = feed.revision;
  }
  if (!seen.meeting) return;
  const state = stateOf(seen.meeting);
  const asks = ['scheduled', 'live'].includes(state) && seen.mine && asked();
  const look = `live-${state} ${asks ? 'live-asks' : ''}`;
  if (root.className !== look) root.className = look;
  render(html`${head(state)}<div class="live-grid">${PAGES[state](seen.meeting)}</div>`, root);
  drawClock();
  announce();
}

// What moves with the clock alone, so that a long record is not gone through every second.
function drawClock() {
  if (!seen?.meeting) return;
  const running = document.getElementById('live-clock');
  if (running && seen.current) render(clockOf(seen.current), running);
  const coming = document.getElementById('live-turn');
  if (coming) render(ourTurn(), coming);
}

function announce() {
  const { current, number, items } = seen;
  say(current ? t('item_said', { number, total: items.length, title: current.title }) : '');
}

function say(text) {
  const region = document.getElementById('live-said');
  if (region.textContent !== text) region.textContent = text;
}

function drawLink() {
  const region = document.getElementById('live-link');
  if (feed.state === 'signed_out') {
    const back = `/login?next=${encodeURIComponent(location.pathname)}`;
    render(html`<span>${t('signed_out')} <a href=${back}>${t('sign_in')}</a></span>`, region);
    return;
  }
  const quiet = feed.state === 'live' || feed.state === 'lost';
  if (quiet) {
    clearTimeout(blip);
    blip = lostAt = null;
    render(nothing, region);
    return;
  }
  lostAt ??= feed.now();
  blip ??= setTimeout(() => {
    const words = feed.loaded ? t('lost_link_since', { clock: hour(lostAt) }) : t('lost_link');
    render(html`<span>${words}</span>`, region);
  }, BLIP_MS);
}

const missed = missedNotice({ feed, t, me, changed: drawMissed });
function drawMissed() {
  render(missed(), document.getElementById('live-missed'));
}

let started = false;
function redraw() {
  if (!started && (feed.loaded || feed.state === 'lost')) {
    root.replaceChildren(); // lit draws beside what is there
    started = true;
  }
  draw();
  drawLink();
}

// However many changes come between two frames, the page is drawn once.
let drawing = false;
feed.addEventListener('change', () => {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    redraw();
  });
});
setInterval(drawClock, 1000);
drawMissed();
redraw();

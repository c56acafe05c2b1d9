// The participant's page: what is on, who speaks, when it is our turn; asking for the floor,
// voting, checking in; papers and the record as it grows. Made for a phone in the hand. What is
// on the screen is a function of the feed's objects and of `ui`, what is being asked here.

import { html, nothing, render } from '/static/vendor/lit-html/lit-html.js';
import { guard } from '/static/vendor/lit-html/directives/guard.js';
import { BLIP_MS, Feed } from './feed.js';
import { pageData, translator } from './lib.js';
import { attendance, checkedIn, checkInSheet, followCode } from './live-attendance.js';
import { directives, directiveSaid, directiveSheet } from './live-directives.js';
import { floorBar, floorForm, queue } from './live-floor.js';
import { picture } from './live-model.js';
import { drawClocks, next, now, plannedTurn } from './live-now.js';
import { agenda, conclusions, papers, record } from './live-record.js';
import { endVideo, video } from './live-video.js';
import { followVotes, openVotes, results, voteSheet, votesSaid } from './live-votes.js';
import { wordsOf } from './live-words.js';
import { missedNotice } from './missed.js';
import { toaster } from './toasts.js';

const { meeting_id: meetingId, me, strings, lang, jitsi } = pageData();
const t = translator(strings);
const root = document.getElementById('live');
const snapshot = JSON.parse(document.getElementById('snapshot').textContent);
const feed = new Feed({ meetingId, account: me.account_id, snapshot });
const toast = toaster(document.getElementById('live-toasts'), t);

/** What every part of the page works with. */
const c = {
  feed, t, me, meetingId, lang, jitsi, draw, toast,
  ...wordsOf({ feed, t, lang }),
  ui: {
    form: null, // asking for the floor: {item, note, reply, error}
    away: new Set(), // sheets that the reader has put away
  },
  seen: null, // the picture of the feed's present revision
  firstRevision: null, // what came later than this is new to the reader
  /** Why something that was given has no answer yet. */
  waits: () => t(feed.state === 'live' ? 'sending' : 'waits'),
  /** Give a command; a refusal is told at the foot of the page. */
  give: (name, args) => feed.command(name, args).catch((error) => toast(error.message, { error: true })),
};

let seenAt = -1; // the revision of `c.seen`
let remark = null; // what comes after the close is loaded after the close
let carried = null; // so is what earlier briefings told units to do, where there is any
let lostAt = null; // the server's time when the connection went
let blip = null;

function stateOf(meeting) {
  if (meeting.cancelled_at) return 'cancelled';
  return meeting.state === 'archived' ? 'closed' : meeting.state;
}

// -- The page in each state of the meeting -------------------------------------------------

function head(state) {
  return html`
    <header class="live-head">
      <h1 class="live-title">${c.seen.meeting.title}</h1>
      <span class="badge ${state === 'live' ? 'badge-live' : ''}">${t(`state_${state}`)}</span>
    </header>`;
}

// A part of the page that is drawn anew only when something of these types has changed.
function since(types, part) {
  return guard([...types, 'unit', 'person'].map((type) => feed.version(type)), () => part(c));
}

// What is asked of the reader, or may be asked for: at the thumb on a phone.
function dock() {
  const sheet = floorForm(c) ?? voteSheet(c) ?? directiveSheet(c) ?? checkInSheet(c);
  return html`<div class="live-dock">${sheet ?? floorBar(c)}</div>`;
}

// What earlier briefings told units to do: first where it is what the meeting asks about.
function asked(first) {
  // (Its item may have been taken off the agenda.)
  if (c.feed.all('carried').length === 0 || !c.seen.items.some(({ kind }) => kind === 'follow_up')) return nothing;
  if (!carried) import('./carried-live.js').then((module) => { ({ carried } = module); draw(); }, () => {});
  if (first !== (c.seen.current?.kind === 'follow_up')) return nothing;
  return html`<section id="carried" class="carried-part">${carried?.(c)}</section>`;
}

const paperTypes = ['paper', 'agenda_item', 'meeting', 'screen'];
const attendanceTypes = ['attendance', 'participant', 'headcount', 'quorum', 'meeting'];

function parts() {
  return html`
    <section id="record" class="live-record">${since(['entry', 'agenda_item', 'meeting'], record)}</section>
    <div class="live-side">
      <section id="papers">${since(paperTypes, papers)}</section>
      ${asked(false)}
      <section id="directives">${directives(c)}</section>
      <section>${since(['conclusion'], conclusions)}</section>
      ${results(c)}
      <section id="agenda">${since(['agenda_item'], agenda)}</section>
      <section id="attendance">${since(attendanceTypes, attendance)}</section>
    </div>
    <nav class="live-jump" aria-label=${t('jump')}>
      <a href="#now">${t('jump_now')}</a>
      <a href="#record">${t('record')}</a>
      <a href="#papers">${t('papers')}</a>
      <a href="#directives">${t('directives_short')}</a>
      <a href="#agenda">${t('agenda')}</a>
    </nav>`;
}

function before(meeting) {
  return html`
    <section id="now" class="live-now">
      <h2 class="live-what">${t('to_open')}</h2>
      <dl class="facts">
        <dt>${t('when')}</dt>
        <dd>${c.when(meeting)}</dd>
        ${meeting.location ? html`<dt>${t('where')}</dt><dd>${meeting.location}</dd>` : nothing}
      </dl>
      ${plannedTurn(c, meeting)}
      <p class="muted">${t(meeting.state === 'draft' ? 'draft_hint' : 'to_open_hint')}</p>
    </section>
    <div class="live-beside">
      ${dock()} ${meeting.state === 'scheduled' ? checkedIn(c) : nothing} ${queue(c)} ${video(c)}
    </div>
    <div class="live-side">
      <section id="agenda">${agenda(c)}</section>
      <section id="papers">${papers(c)}</section>
    </div>`;
}

function during() {
  return html`
    <section id="now" class="live-now">${now(c)}</section>
    <div class="live-beside">
      ${dock()}
      ${asked(true)}
      <section>${next(c)}</section>
      ${video(c)} ${checkedIn(c)} ${openVotes(c)} ${queue(c)}
    </div>
    ${parts()}`;
}

function after(meeting) {
  if (!remark) import('./live-remark.js').then((module) => { ({ remark } = module); draw(); }, () => {});
  return html`
    <section id="now" class="live-now">
      <h2 class="live-what">
        ${meeting.closed_at ? t('closed_at', { when: c.hourAndDay(meeting.closed_at) }) : t('closed_plain')}
      </h2>
      <p class="muted">${t('closed_hint')}</p>
      <p><a class="btn btn-primary" href="/meetings/${meetingId}/documents">${t('documents')}</a></p>
    </section>
    <div class="live-beside">${remark?.(c)}</div>
    ${parts()}`;
}

function cancelled(meeting) {
  return html`
    <section id="now" class="live-now">
      <h2 class="live-what">${t('cancelled')}</h2>
      ${meeting.cancel_reason
        ? html`<p class="prose">${t('reason', { reason: meeting.cancel_reason })}</p>`
        : nothing}
      <p class="muted">${t('cancelled_was', { when: c.when(meeting) })}</p>
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

let started = false;

function draw() {
  if (!started && (feed.loaded || feed.state === 'lost')) {
    root.replaceChildren(); // lit draws beside what is there
    started = true;
  }
  if (feed.state === 'lost') {
    endVideo(c);
    root.className = '';
    render(removed(), root);
    return;
  }
  if (!feed.loaded) return; // what the server sent says that we are loading
  c.firstRevision ??= feed.revision;
  if (seenAt !== feed.revision) {
    c.seen = picture(feed, me);
    seenAt = feed.revision;
  }
  if (!c.seen.meeting) return;
  const state = stateOf(c.seen.meeting);
  if (state !== 'scheduled' && state !== 'live') endVideo(c);
  if (root.className !== `live-${state}`) {
    // Another page altogether: it is read from its top.
    if (root.className) scrollTo(0, 0);
    root.className = `live-${state}`;
  }
  render(html`${head(state)}<div class="live-grid">${PAGES[state](c.seen.meeting)}</div>`, root);
  drawClocks(c);
  announce();
}

const said = new Map(); // what has been said, by topic: only what is new is said

function announce() {
  const { current, number, items, speaking } = c.seen;
  say('item', current ? t('item_said', { number, total: items.length, title: current.title }) : '');
  say('vote', votesSaid(c));
  say('directive', directiveSaid(c));
  say('turn', speaking && speaking.person_id === me.person_id ? t('your_turn') : '');
}

function say(topic, text) {
  if (said.get(topic) === text) return;
  said.set(topic, text);
  if (text) document.getElementById('live-said').textContent = text;
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
    const words = feed.loaded ? t('lost_link_since', { clock: c.hour(lostAt) }) : t('lost_link');
    render(html`<span>${words}</span>`, region);
  }, BLIP_MS);
}

const missed = missedNotice({ feed, t, me, changed: drawMissed });
function drawMissed() {
  render(missed(), document.getElementById('live-missed'));
}

// However many changes come between two frames, the page is drawn once.
let drawing = false;
feed.addEventListener('change', () => {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    root.dataset.feed = feed.state;
    draw();
    drawLink();
  });
});
setInterval(() => drawClocks(c), 1000);
drawMissed();
draw();
followVotes(c);
followCode(c);
import('./live-letters.js').then(({ letIn }) => letIn(document.getElementById('letters')));

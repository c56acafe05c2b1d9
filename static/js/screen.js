// The big screen: it shows what the chair has chosen for it (`screen/1`), and for a moment each
// directive and conclusion as it is given. Nothing on it can be clicked. A site's page with the
// code for checking in is the same screen with one picture.

import { html, nothing, render } from '/static/vendor/lit-html/lit-html.js';
import { BLIP_MS, Feed } from './feed.js';
import { clock, pageData, translator } from './lib.js';
import { siteCode } from './screen-code.js';
import { here, momentOf, pictureOf, siteOf } from './screen-model.js';
import { paperViewer } from './screen-paper.js';
import { viewsOf } from './screen-views.js';

const DRAW_MS = 500; // the clocks show seconds
const PRESENCE_MS = 15_000;

const data = pageData();
const t = translator(data.strings);
const root = document.getElementById('screen');
const account = data.me.account_id;
const feed = new Feed({ meetingId: data.meeting_id, account });

// The server's time until it tells us: what it was when the page came.
const [navigation] = performance.getEntriesByType('navigation');
feed.skew = Date.parse(data.now) - (performance.timeOrigin + navigation.responseStart);

const c = {
  feed,
  t,
  lang: data.lang,
  me: data.me,
  site: data.site,
  presence: null,
  paper: paperViewer({ meetingId: data.meeting_id, account, changed: redraw }),
  code: siteCode({
    meetingId: data.meeting_id, account, lang: data.lang, rotateMs: data.rotate_seconds * 1000, changed: redraw,
  }),
};
const views = viewsOf(c);

let moment = null; // what was just given, `{key, until}`
let lostAt = null; // the server's time when the connection went
let started = false;

function picture(now) {
  if (feed.state === 'lost') return { view: 'removed' };
  const found = pictureOf(feed, data.only);
  const given = moment && moment.until > now && feed.objects.get(moment.key);
  const held = !['closed', 'cancelled'].includes(found.view) && !data.only;
  return given && held ? { view: 'given', given, kind: moment.key.split('/')[0] } : found;
}

function draw() {
  if (feed.state !== 'lost' && !feed.meeting) return; // the page says that it is loading
  if (!started) {
    root.replaceChildren(); // lit draws beside what is there
    started = true;
  }
  const now = feed.now();
  const shown = picture(now);
  if (shown.view !== 'check_in') c.code.stop();
  if (root.dataset.view !== shown.view) root.dataset.view = shown.view;
  render(views[shown.view](shown, now), root);
  drawLink();
}

// What is shown stays; that it may be old is said small.
function drawLink() {
  const quiet = feed.state === 'live' || feed.state === 'lost';
  lostAt = quiet ? null : (lostAt ?? feed.now());
  const late = lostAt !== null && feed.now() - lostAt > BLIP_MS;
  const words = feed.state === 'signed_out' ? t('signed_out') : t('lost_link', { clock: clock(lostAt) });
  render(late ? html`<span>${words}</span>` : nothing, document.getElementById('screen-link'));
}

// However many changes come between two frames, the page is drawn once.
let drawing = false;
function redraw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    draw();
  });
}

feed.addEventListener('change', redraw);
feed.addEventListener('event', ({ detail }) => {
  // What the chair chooses now is wanted now.
  moment = detail.type === 'screen.show' ? null : (momentOf(detail, feed.now()) ?? moment);
  if (usesOurCode(detail)) c.code.renew();
});

function usesOurCode({ changed }) {
  const site = c.site ?? siteOf(feed, c.me.unit_id);
  return Object.entries(changed ?? {}).some(([key, one]) => key.startsWith('attendance/')
    && one.checked_by === 'code' && here(one) && siteOf(feed, one.unit_id) === site);
}

// -- Which sites are connected -----------------------------------------------------------------

let told = false; // the server tells staff by itself; others ask

feed.addEventListener('presence', ({ detail }) => {
  told = true;
  c.presence = detail;
  redraw();
});

async function askPresence() {
  if (told || feed.state !== 'live' || document.hidden) return;
  try {
    const response = await fetch(`/api/v1/meetings/${data.meeting_id}/presence`, {
      headers: { 'X-Account': String(account) },
      credentials: 'same-origin',
    });
    if (!response.ok) return;
    c.presence = await response.json();
    redraw();
  } catch {
    // What stands stays.
  }
}

// -- The screen does not go dark ---------------------------------------------------------------

async function stayAwake() {
  if (document.hidden) return;
  try {
    await navigator.wakeLock?.request('screen');
  } catch {
    // The machine saves power; what it shows is as good.
  }
}

document.addEventListener('visibilitychange', stayAwake);
stayAwake();
globalThis.addEventListener('resize', redraw);
if (!data.only) {
  feed.addEventListener('state', askPresence);
  setInterval(askPresence, PRESENCE_MS);
}
setInterval(draw, DRAW_MS);

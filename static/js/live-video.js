// The video meeting within the participant's page, where the deployment has a Jitsi Meet; a link
// to whatever else the meeting uses. The page works wholly without it: nothing of it is loaded
// before the reader asks.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';

let api = null; // of the room that the reader is in
let state = 'out'; // or 'entering', 'in', 'failed'

/** The way into the video meeting, or nothing where there is none. */
export function video(c) {
  const { online_url: link } = c.seen.meeting;
  // Only web addresses become links, whatever was typed.
  if (link) return /^https?:\/\//i.test(link) ? html`<p class="live-video">${call(c, link, 'open_call')}</p>` : nothing;
  if (!c.jitsi) return nothing;
  return html`
    <section class="live-video" aria-label=${c.t('video')}>
      ${state === 'failed' ? html`<p role="alert">${c.t('video_failed')}</p>` : nothing}
      <p class="actions">
        ${state === 'in' || state === 'entering'
          ? html`<button type="button" class="btn" @click=${() => leave(c)}>${c.t('video_leave')}</button>
              ${state === 'entering' ? html`<span class="muted" role="status">${c.t('video_entering')}</span>` : nothing}`
          : html`<button type="button" class="btn" @click=${() => enter(c)}>${c.t('video_enter')}</button>
              ${call(c, `/meetings/${c.meetingId}/video`, 'video_window')}`}
      </p>
    </section>`;
}

function call(c, address, words) {
  return html`
    <a class="btn ${words === 'open_call' ? '' : 'btn-quiet'}" href=${address} target="_blank" rel="noopener noreferrer">
      ${c.t(words)}<span class="visually-hidden"> (${c.t('new_tab')})</span>
    </a>`;
}

const place = () => document.getElementById('live-video');

async function enter(c) {
  become(c, 'entering');
  place().hidden = false;
  const { embedVideo } = await import('./video.js').catch(() => ({}));
  const found = await embedVideo?.(place(), { meetingId: c.meetingId, account: c.me.account_id, lang: c.lang });
  // Left again while it was on its way.
  if (state !== 'entering') {
    found?.api?.dispose();
    return;
  }
  if (found?.kind !== 'jitsi') {
    out(c, 'failed');
    return;
  }
  api = found.api;
  // Whoever hangs up in the room has left it.
  api.addListener?.('readyToClose', () => leave(c));
  become(c, 'in');
}

function leave(c) {
  api?.dispose();
  out(c, 'out');
}

function out(c, how) {
  api = null;
  place().hidden = true;
  place().replaceChildren();
  become(c, how);
}

function become(c, how) {
  state = how;
  c.draw();
}

/** When the meeting is over, or no longer ours, so is its video. */
export function endVideo(c) {
  if (state === 'in' || state === 'entering') leave(c);
}

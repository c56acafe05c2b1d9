// After the close: one's own late remark, as long as the meeting takes them.

import { html } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { kindChips } from './console-composer.js';
import { ENTRY_KINDS, takePrefix } from './console-line.js';
import { composing } from './console-units.js';

const HOUR_MS = 3_600_000;
const REMARK_HOURS = 24; // where the meeting does not say

/** Whether `discussion.remark` is taken now. */
export function remarksOpen({ meeting, feed }) {
  if (meeting.state !== 'closed') return false;
  return feed.now() < Date.parse(meeting.closed_at) + (meeting.remark_hours ?? REMARK_HOURS) * HOUR_MS;
}

function send(c) {
  const { remark } = c.ui;
  takePrefix(remark, true, ENTRY_KINDS);
  const text = remark.text.trim();
  if (text !== '' && c.shown() !== null) {
    c.send('discussion.remark', { item_id: c.shown(), text, kind: remark.kind });
    remark.text = '';
    c.ui.stick = true;
  }
  c.changed();
}

/** The line for a remark; it is marked as late for ever. */
export function remarkForm(c) {
  const { t } = c;
  const { remark } = c.ui;
  return html`
    <form class="composer" data-zone="remark" @submit=${(event) => {
      event.preventDefault();
      send(c);
    }}>
      <div class="composer-chips"><b>${t('late_remark')}</b>${kindChips(c, remark, ENTRY_KINDS, 'remark')}</div>
      <div class="composer-box">
        <textarea id="remark" rows="1" class="grow-field" aria-label=${t('late_remark')} placeholder=${t('late_remark_hint')}
          .value=${live(remark.text)} @input=${(event) => {
            remark.text = event.target.value;
            c.changed();
          }} @keydown=${(event) => {
            if (composing(event) || event.key !== 'Enter' || event.shiftKey) return;
            event.preventDefault();
            send(c);
          }}></textarea>
        <button class="btn btn-primary" tabindex="-1">${t('add')} <kbd>Enter</kbd></button>
      </div>
    </form>`;
}

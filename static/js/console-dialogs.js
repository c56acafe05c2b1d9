// Questions about the meeting as a whole: open it, close it, open it again.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { headcount } from './console-attendance.js';

/**
 * A question with two answers. Enter gives the answer that has the focus: the one asked for, or,
 * where it may lose something, the one that changes nothing.
 */
export function question({ t }, title, body, word, act, careful = false) {
  return html`
    <h2 id="dialog-title">${title}</h2>
    ${body}
    <form method="dialog" class="actions" @submit=${(event) => {
      if (event.submitter?.value === 'yes') act();
    }}>
      <button class="btn ${careful ? 'btn-primary' : 'btn-quiet'}" value="no" ?autofocus=${careful}>${t('cancel')}</button>
      <button class="btn ${careful ? '' : 'btn-primary'}" value="yes" ?autofocus=${!careful}>${word}</button>
    </form>`;
}

/** Open the meeting? */
export function openDialog(c) {
  const { t } = c;
  const { people, here } = headcount(c);
  return question(c, t('open_question'), html`<p>${t('here_of', { n: here, of: people })}</p>`, t('open_meeting'), () => {
    c.ui.tab = 'outcome';
    c.send('meeting.open', {});
  });
}

/** Close the meeting? */
export function closeDialog(c) {
  const { t, ui, feed } = c;
  const left = feed.all('agenda_item').filter((item) => item.state === 'pending').length;
  const typed = [ui.line, ui.conclusion, ui.directive, ui.vote].some((form) => form?.text.trim()) ||
    Object.keys(ui.edits).length + ui.failed.length + ui.transcript.length > 0;
  return question(
    c,
    t('close_question'),
    html`<p>${t('close_hint')}</p>
      ${left > 0 ? html`<p class="notice">${t('items_left', { n: left })}</p>` : nothing}
      ${typed ? html`<p class="notice notice-error">${t('drafts_left')}</p>` : nothing}`,
    t('close_meeting'),
    () => c.send('meeting.close', {}),
    typed,
  );
}

/** Open it again, and say why. */
export function reopenDialog(c) {
  const { t } = c;
  // Enter in the field sends it: the form has one button that does so.
  return html`
    <h2 id="dialog-title">${t('reopen_question')}</h2>
    <p>${t('reopen_hint')}</p>
    <form class="form" method="dialog" @submit=${(event) => c.send('meeting.reopen', { reason: event.target.elements.reason.value })}>
      <div class="field">
        <label for="reopen-reason">${t('reopen_reason')}</label>
        <input id="reopen-reason" name="reason" required pattern=".*\\S.*" maxlength="500" autofocus>
      </div>
      <div class="actions">
        <button class="btn btn-quiet" type="button" @click=${(event) => event.target.closest('dialog').close()}>${t('cancel')}</button>
        <button class="btn btn-primary">${t('reopen_meeting')}</button>
      </div>
    </form>`;
}

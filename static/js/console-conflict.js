// Two people have changed the same text: both are shown, neither is lost.

import { html } from '/static/vendor/lit-html/lit-html.js';

/**
 * Two texts side by side, and the three ways on.
 *
 * @param {object} c the console
 * @param {string} mine what was typed here
 * @param {string} theirs what stands there now
 * @param {{keep: Function, take: Function, merge: Function}} ways
 */
export function conflict(c, mine, theirs, { keep, take, merge }) {
  const { t } = c;
  return html`
    <div class="conflict" role="group" aria-label=${t('conflict_title')}>
      <p class="field-error" role="alert">${t('conflict_title')}</p>
      <div class="conflict-texts">
        <div><h4 class="small muted">${t('conflict_mine')}</h4><p class="prose">${mine}</p></div>
        <div><h4 class="small muted">${t('conflict_theirs')}</h4><p class="prose">${theirs}</p></div>
      </div>
      <div class="actions">
        <button type="button" class="btn btn-small" data-conflict="keep" @click=${keep}>${t('keep_mine')}</button>
        <button type="button" class="btn btn-small" data-conflict="take" @click=${take}>${t('take_theirs')}</button>
        <button type="button" class="btn btn-small" data-conflict="merge" @click=${merge}>${t('merge_both')}</button>
      </div>
    </div>`;
}

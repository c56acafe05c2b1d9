// A change in the meeting's record after a document was composed: offered, shown in colour,
// taken in or kept out by a person; never silently.

import { html, nothing, render } from '/static/vendor/lit-html/lit-html.js';
import { ref } from '/static/vendor/lit-html/directives/ref.js';
import { showChanges } from './document-changes.js';

const QUIET_MS = 1000; // a record that is being written is not compared with every line

/**
 * @param {object} options
 * @param {Element} options.place where it is offered
 * @param {object} options.data the page's data
 * @param {Function} options.t the page's words: `merge_…`
 * @param {Function} options.ask see document-api.js
 * @param {Function} options.send gives a command; undefined where it was refused
 * @param {() => ?object} options.document the document now, as the feed has it
 * @param {() => boolean} [options.busy] whether there is unsaved text, which comes first
 * @param {(result: object, content: object) => void} [options.taken] after the document holds it
 * @returns {{look: () => void, paint: () => void}} look whether there is a change to offer
 */
export function mergeOffer({ place, data, t, ask, send, document: now, busy = () => false, taken = () => {} }) {
  let offer = null;
  let shown = false;
  let working = false;
  let timer = null;
  let asked = 0;

  function look() {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const document = now();
      if (document?.state !== 'draft') {
        offer = null;
        paint();
        return;
      }
      const mine = (asked += 1);
      try {
        const answer = await ask(`/documents/${document.id}/merge`);
        if (mine !== asked) return;
        offer = answer.pending ? { ...answer, base: document.head } : null;
      } catch {
        return; // the next change, or the next visit, asks again
      }
      paint();
    }, asked === 0 ? 0 : QUIET_MS);
  }

  async function decide(takes) {
    working = true;
    paint();
    const { base, takes_in, content } = offer;
    const id = now().id;
    let kept = content;
    try {
      if (!takes) kept = (await ask(`/documents/${id}/texts/${base}`)).content;
    } catch {
      working = false;
      paint();
      return;
    }
    const result = await send('document.save', { document_id: id, base, content: kept, takes_in }, t(takes ? 'merge_taken' : 'merge_left'));
    working = false;
    if (result) {
      offer = null;
      shown = false;
      taken(result, kept);
    } else {
      look();
    }
    paint();
  }

  function paint() {
    place.hidden = offer === null;
    // What was worked out for an older text is being worked out again.
    const waits = busy() || (offer !== null && now().head !== offer.base);
    render(
      offer === null
        ? nothing
        : html`<div class="notice merge-offer" role="region" aria-label=${t('merge_title')}>
            <div>
              <p><strong>${t('merge_title')}</strong></p>
              ${offer.changes.length === 0 ? html`<p>${t('merge_nothing')}</p>` : nothing}
              ${offer.conflicts > 0 ? html`<p>${t('merge_conflicts', { n: offer.conflicts })}</p>` : nothing}
              ${busy() ? html`<p class="small">${t('merge_busy')}</p>` : nothing}
              <div class="actions">
                ${offer.changes.length > 0
                  ? html`<button class="btn" type="button" aria-expanded=${shown} @click=${toggle}>${t(shown ? 'merge_hide' : 'merge_show')}</button>`
                  : nothing}
                <button class="btn btn-primary" type="button" ?disabled=${working || waits} @click=${() => decide(true)}>${t('merge_take')}</button>
                <button class="btn" type="button" ?disabled=${working || waits} @click=${() => decide(false)}>${t('merge_leave')}</button>
              </div>
            </div>
          </div>
          ${shown ? html`<div class="merge-changes" ${ref(fill)}></div>` : nothing}`,
      place,
    );
  }

  function toggle() {
    shown = !shown;
    paint();
  }

  function fill(element) {
    if (element && offer) showChanges(element, offer.changes, data.fields, t('merge_nothing'));
  }

  return { look, paint };
}

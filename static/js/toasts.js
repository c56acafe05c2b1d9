// What just happened, at the foot of the page, with the way back.

import { html, nothing, render } from '/static/vendor/lit-html/lit-html.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';

const STAYS_MS = 12_000; // long enough to read, to think, and to reach the button

/**
 * @param {HTMLElement} place a region that screen readers watch
 * @param {(key: string) => string} t the page's words: `undo`, `close`
 * @returns {(text: string, options?: {undo?: () => void, error?: boolean}) => void}
 */
export function toaster(place, t) {
  let shown = [];
  let number = 0;
  const paint = () => render(html`${repeat(shown, (each) => each.id, line)}`, place);
  const drop = (toast) => {
    clearTimeout(toast.timer);
    shown = shown.filter((other) => other !== toast);
    paint();
  };
  // Whoever is about to press the button is not hurried.
  const wait = (toast) => {
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => drop(toast), STAYS_MS);
  };
  const line = (toast) => html`
    <div class="toast ${toast.error ? 'toast-error' : ''}"
      @pointerenter=${() => clearTimeout(toast.timer)} @pointerleave=${() => wait(toast)}
      @focusin=${() => clearTimeout(toast.timer)} @focusout=${() => wait(toast)}>
      <span>${toast.text}</span>
      ${toast.undo
        ? html`<button class="btn btn-small" type="button"
            @click=${() => { drop(toast); toast.undo(); }}>${t('undo')}</button>`
        : nothing}
      <button class="btn btn-small btn-icon" type="button" aria-label=${t('close')}
        @click=${() => drop(toast)}>×</button>
    </div>`;
  return (text, { undo, error = false } = {}) => {
    const toast = { id: (number += 1), text, undo, error };
    shown = [...shown, toast].slice(-3);
    paint();
    wait(toast);
  };
}

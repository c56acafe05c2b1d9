// Two texts of one document side by side, piece by piece, to choose from; neither is lost.

import { diffArrays } from '/static/vendor/diff/libesm/diff/array.js';
import { diffWordsWithSpace } from '/static/vendor/diff/libesm/diff/word.js';
import { html, nothing, render } from '/static/vendor/lit-html/lit-html.js';
import { combined, rows } from './document-compare.js';
import { blocksOf, wordsOf } from './document-text.js';

/**
 * @param {object} options
 * @param {Element} options.place
 * @param {Function} options.t the page's words
 * @param {object} options.fields names of the fields by key
 * @param {{base: object, mine: object, theirs: object}} options.texts contents
 * @param {{mine: string, theirs: string}} options.names what each is called
 * @param {(content: object) => void} options.use the chosen text goes into the editor
 * @param {() => void} options.later
 */
export function conflictView({ place, t, fields, texts, names, use, later }) {
  const found = rows({ ...texts, blocksOf, diffArrays });
  const differing = found.filter((row) => !row.same);
  const words = new Map(differing.map((row) => [row, [row.mine, row.theirs].map((value) => said(row.field, value, t))]));

  function paint() {
    render(
      html`<h2 id="conflict-title" tabindex="-1">${t('conflict_title')}</h2>
        <p class="muted">${differing.length === 0 ? t('conflict_none') : t('conflict_hint')}</p>
        <div class="conflict-all actions">
          <button class="btn btn-small" type="button" @click=${() => all('mine')}>${t('all_mine')}</button>
          <button class="btn btn-small" type="button" @click=${() => all('theirs')}>${t('all_theirs')}</button>
        </div>
        <div class="conflict-head" aria-hidden="true"><span>${names.mine}</span><span>${names.theirs}</span></div>
        <div class="conflict-rows">${parts()}</div>
        <div class="conflict-foot actions">
          <button class="btn btn-primary" type="button" id="to-editor" @click=${() => use(combined(found, texts.theirs))}>${t('to_editor')}</button>
          <button class="btn" type="button" @click=${later}>${t('later')}</button>
        </div>`,
      place,
    );
  }

  function all(choice) {
    for (const row of differing) row.choice = choice;
    paint();
  }

  // What is the same is one quiet line between what differs.
  function parts() {
    const shown = [];
    let equal = 0;
    const close = () => {
      if (equal > 0) shown.push(html`<p class="conflict-same small muted">${t('conflict_same', { n: equal })}</p>`);
      equal = 0;
    };
    found.forEach((row, at) => {
      if (row.same) {
        equal += 1;
        return;
      }
      close();
      shown.push(pair(row, at));
    });
    close();
    return shown;
  }

  function pair(row, at) {
    const [mine, theirs] = words.get(row);
    const field = fields[row.field];
    const both = ['body', 'appendices', 'recipients', 'superior', 'issuer'].includes(row.field);
    const choices = both ? ['mine', 'both', 'theirs'] : ['mine', 'theirs'];
    return html`<div class="conflict-row ${row.both ? 'conflict-clash' : ''}" role="group" aria-label=${t('choose_for', { field })}>
      <p class="conflict-field small">${field}${row.both ? html` · <strong class="late">${t('conflict_both_changed')}</strong>` : nothing}</p>
      <div class="conflict-side ${row.choice === 'theirs' ? 'conflict-off' : ''}"><h3 class="visually-hidden">${names.mine}</h3>${text(row.mine, mine, theirs, 'removed')}</div>
      <div class="conflict-side ${row.choice === 'mine' ? 'conflict-off' : ''}"><h3 class="visually-hidden">${names.theirs}</h3>${text(row.theirs, theirs, mine, 'added')}</div>
      <div class="conflict-choice">
        ${choices.map((choice) => html`<label class="chip ${row.choice === choice ? 'chip-on' : ''}"><input class="visually-hidden" type="radio"
          name="choice-${at}" .checked=${row.choice === choice} @change=${() => {
            row.choice = choice;
            paint();
          }}>${t(`choose_${choice}`)}</label>`)}
      </div>
    </div>`;
  }

  // One side's words; those that the other does not have are marked.
  function text(value, words_, other, part) {
    if (value === undefined) return html`<p class="muted">${t('absent')}</p>`;
    if (words_ === '') return html`<p class="muted">${t('empty')}</p>`;
    if (words_ === other) return html`<p class="prose">${words_}</p><p class="muted small">${t('format_differs')}</p>`;
    const [left, right] = part === 'removed' ? [words_, other] : [other, words_];
    const pieces = diffWordsWithSpace(left, right).filter((piece) => (part === 'removed' ? !piece.added : !piece.removed));
    return html`<p class="prose">${pieces.map((piece) => (piece.added || piece.removed ? html`<mark>${piece.value}</mark>` : piece.value))}</p>`;
  }

  paint();
  place.querySelector('h2').focus();
}

/** A piece in words. */
function said(field, value, t) {
  if (value === undefined) return '';
  if (field === 'body') return wordsOf(value.row ?? value.open ?? value);
  if (field === 'urgency') return t(`urgency_${value}`);
  if (field === 'signatures') return value.map(({ capacity, name }) => [...capacity, name].filter(Boolean).join('\n')).join('\n\n');
  if (field === 'appendices') return [value.title, value.landscape ? `(${t('landscape')})` : '', wordsOf(value.body)].filter(Boolean).join('\n');
  return Array.isArray(value) ? value.join('\n') : value;
}

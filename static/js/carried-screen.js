// The big screen while the meeting asks what has become of earlier directives.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { carriedList, counts, dueOf, leading, look, progressOf, standing } from './carried-model.js';
import { dueText, span } from './lib.js';
import { pages, turnOf } from './screen-model.js';

// How much of the table fits on a page, in rem, and letters on a line of each column: rather too
// few, for what does not fit is not seen.
const ROOM = 37;
const LETTERS = { unit: 18, text: 49, due: 14, standing: 17 };
const LINE = 2.7;
const PADDING = 1.5;

/**
 * The table, by leading unit.
 *
 * @param {object} c the screen
 * @param {object} parts of the other pictures: `head`, `paged` and `units`
 * @returns {(picture: object, now: number) => *}
 */
export function followUp(c, { head, paged, units }) {
  const { feed, t } = c;

  const cells = (one) => ({
    unit: units(one.lead_unit_ids) || t('carried_nobody'),
    text: one.text,
    due: dueOf(one, dueText, t) || '–',
    standing: [standing(one, t, c.lang), progressOf(one, t)].filter(Boolean).join('. '),
  });

  function height(one) {
    const found = cells(one);
    const lines = Object.keys(LETTERS).map((name) => Math.ceil(found[name].length / LETTERS[name]));
    // An answer has a line of its own below how it stands.
    lines.push(lines.pop() + (one.answers.length ? 1 : 0));
    return Math.max(...lines) * LINE + PADDING;
  }

  function answered(one) {
    if (one.answers.length === 0) return nothing;
    const of = leading(feed, one).length;
    const { progress } = one.answers.at(-1);
    let words = progress === undefined ? t('carried_answered') : t('carried_answered_so', { progress });
    if (of > 1) words = t('carried_answered_of', { count: of - one.missing.length, of });
    return html`<p class="carried-said"><span aria-hidden="true">✓</span> ${words}</p>`;
  }

  function row(one, index, rows) {
    const { unit, text, due } = cells(one);
    const same = index > 0 && cells(rows[index - 1]).unit === unit;
    const progress = progressOf(one, t);
    return html`
      <tr class="carried-${look(one)} ${one.answers.length ? 'carried-heard' : ''}" id="carried-${one.id}">
        <td class="carried-unit">${same ? html`<span class="visually-hidden">${unit}</span>` : unit}</td>
        <td class="carried-text">${text}</td>
        <td class="carried-due">${due}</td>
        <td class="carried-standing"><b>${standing(one, t, c.lang)}</b>
          ${progress ? html`<p class="dim">${progress}</p>` : nothing}
          ${answered(one)}</td>
      </tr>`;
  }

  function speaking(now) {
    const speaker = feed.all('speaker').find(({ state }) => state === 'speaking');
    if (!speaker) return nothing;
    const { seconds, left, state } = turnOf(speaker, feed.meeting, now);
    const person = feed.get('person', speaker.person_id);
    return html`<p class="carried-speaker ${state === 'over' ? 'late' : ''}" id="turn">
      <span class="kicker">${t('speaking')}</span> <b>${person?.name}</b>
      ${state === 'free'
        ? span(seconds)
        : state === 'over' ? t('speaking_over', { over: span(-left) }) : `${span(Math.ceil(left))} ${t('speaking_left')}`}</p>`;
  }

  return (_picture, now) => {
    const list = carriedList(feed);
    const { rows, foot } = paged(pages(list, height, ROOM), now);
    return html`
      ${head(now)}
      <section class="board carried-board">
        <h2>${t('carried_title')}</h2>
        <p class="dim large">${t('carried_counts', counts(list))}</p>
        <table>
          <thead><tr>${Object.keys(LETTERS).map((name) => html`
            <th scope="col" class="carried-${name}">${t(`carried_${name}`)}</th>`)}</tr></thead>
          <tbody>${rows.map(row)}</tbody>
        </table>
        <div class="carried-foot">${speaking(now)}${foot}</div>
      </section>`;
  };
}

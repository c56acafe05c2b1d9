// A field for units: chips, and a list that completes what is typed, without regard to marks.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { isoDay } from './console-reading.js';
import { fits, fold, unitName } from './lib.js';

const SHOWN = 8;

/**
 * The best few of `things` for a query.
 *
 * @param {Array} things
 * @param {string} query as it was typed
 * @param {(thing: *) => string} textOf what is searched
 * @param {number} [shown] how many at most
 * @param {(thing: *) => number} [bonus] what lifts a thing that fits
 */
export function best(things, query, textOf, shown = SHOWN, bonus = () => 0) {
  const folded = fold(query);
  return things
    .map((thing) => [folded === '' ? 1 : fits(textOf(thing), folded), thing])
    .filter(([score]) => score > 0)
    .map(([score, thing]) => [score + bonus(thing), thing])
    .sort(([one], [other]) => other - one)
    .slice(0, shown)
    .map(([, thing]) => thing);
}

/** True while an input method is still putting a letter together: its Enter is not ours. */
export function composing(event) {
  return event.isComposing || event.keyCode === 229;
}

/**
 * The units that a query may mean: who sits in the meeting is meant more often than who does not.
 *
 * @param {object} c the console
 * @param {string} query as it was typed
 * @param {number[]} taken ids of units that are not to be chosen
 */
export function unitChoices({ feed }, query, taken) {
  const units = feed.all('unit').sort((one, other) => one.position - other.position);
  // Who is no more is given nothing (the server refuses it).
  const today = isoDay(feed.now());
  const free = units.filter((unit) => !taken.includes(unit.id) && !(unit.valid_to < today));
  const here = new Set(feed.all('participant').map((participant) => participant.unit_id));
  const near = (unit) => (here.has(unit.id) || unit.kind === 'group' ? 1 : 0);
  return best(free, query, (unit) => `${unit.short_name ?? ''} ${unit.name}`, SHOWN, near);
}

/**
 * A field for several units.
 *
 * @param {object} c the console
 * @param {object} field `{id, label, optional, ids, query, index, open, error}`: kept by the form;
 *   `ids` is the choice, `query` what is typed
 * @param {number[]} taken units that cannot be chosen (they stand in the other field)
 */
export function unitField(c, field, taken = []) {
  const { t, feed } = c;
  const options = field.open ? unitChoices(c, field.query, [...field.ids, ...taken]) : [];
  const index = Math.min(field.index, options.length - 1);
  const changed = () => {
    field.error = '';
    c.changed();
  };
  const pick = (unit) => {
    field.ids = [...field.ids, unit.id];
    Object.assign(field, { query: '', index: 0, open: false });
    changed();
    c.focus(`#${field.id}`);
  };
  const remove = (id) => {
    field.ids = field.ids.filter((other) => other !== id);
    changed();
    c.focus(`#${field.id}`);
  };
  const onInput = (event) => {
    Object.assign(field, { query: event.target.value, index: 0, open: event.target.value !== '' });
    changed();
  };
  const onKey = (event) => {
    if (composing(event)) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (!field.open) Object.assign(field, { open: true, index: 0 });
      else field.index = (index + step + options.length) % Math.max(1, options.length);
      c.update();
    } else if ((event.key === 'Enter' && !event.ctrlKey) || event.key === 'Tab') {
      if (field.open && field.query !== '' && options[index]) {
        event.preventDefault();
        pick(options[index]);
      } else if (event.key === 'Enter') {
        event.preventDefault();
        field.next?.();
      }
    } else if (event.key === 'Backspace' && field.query === '' && field.ids.length > 0) {
      remove(field.ids.at(-1));
    } else if (event.key === 'Escape' && field.open) {
      event.stopPropagation();
      event.preventDefault();
      field.open = false;
      c.update();
    }
  };
  const onBlur = () => {
    // Later, so that a click on the list still finds it.
    setTimeout(() => {
      field.open = false;
      c.update();
    }, 150);
  };
  return html`
    <div class="field unit-field">
      <label for=${field.id}>${field.label}
        ${field.optional ? html`<span class="optional">${t('optional')}</span>` : nothing}
      </label>
      <div class="unit-box" ?data-invalid=${Boolean(field.error)}>
        ${repeat(field.ids, (id) => id, (id) => html`
          <span class="chip chip-on">${unitName(feed.get('unit', id))}
            <button type="button" class="chip-remove" tabindex="-1"
              aria-label=${t('remove_unit', { name: unitName(feed.get('unit', id)) })}
              @click=${() => remove(id)}>×</button>
          </span>`)}
        <input id=${field.id} autocomplete="off" spellcheck="false" role="combobox"
          aria-autocomplete="list" aria-expanded=${options.length > 0}
          aria-controls="${field.id}-list"
          aria-activedescendant=${options.length > 0 ? `${field.id}-${options[index].id}` : nothing}
          aria-invalid=${field.error ? 'true' : nothing}
          aria-describedby="${field.id}-error"
          placeholder=${field.ids.length === 0 ? t('unit_placeholder') : ''}
          .value=${live(field.query)} @input=${onInput} @keydown=${onKey} @blur=${onBlur}>
      </div>
      <div id="${field.id}-list" class="menu" role="listbox" aria-label=${field.label}
        ?hidden=${options.length === 0}>
        ${options.map((unit, at) => html`
          <div class="menu-item" role="option" id="${field.id}-${unit.id}"
            aria-selected=${at === index} @mousedown=${(event) => event.preventDefault()}
            @click=${() => pick(unit)}>${unitName(unit)}
            ${unit.short_name ? html`<small>${unit.name}</small>` : nothing}</div>`)}
      </div>
      <p class="field-error" id="${field.id}-error" ?hidden=${!field.error}>${field.error}</p>
    </div>`;
}

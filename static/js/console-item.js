// The dialog for one item of the agenda.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { items } from './console-agenda.js';
import { unitName } from './lib.js';

const LONGEST = 1440; // minutes of a day, as the server has it

/**
 * Open the dialog.
 *
 * @param {object} c the console
 * @param {?object} item what is to be changed; null for a new one
 * @param {?object} after what a new one stands after; the item that is looked at where not named
 */
export function openItem(c, item = null, after = null) {
  const form = c.ui.itemForm;
  // An item that was being typed is still there, unless another one is asked for.
  if (!form || form.id !== (item?.id ?? null)) {
    c.ui.itemForm = {
      id: item?.id ?? null,
      base: item?.revision ?? null,
      title: item?.title ?? '',
      minutes: String(item?.minutes ?? 10),
      presenter: item?.presenter_unit_id ?? null,
      after: after?.id ?? c.shown(),
      errors: {},
    };
  }
  c.open('item');
}

/** Save what stands in the item's form. */
function saveItem(c) {
  const form = c.ui.itemForm;
  const minutes = Number(form.minutes);
  const whole = form.minutes.trim() !== '' && Number.isInteger(minutes);
  form.errors = {};
  if (!form.title.trim()) form.errors.title = c.t('item_needs_title');
  if (!whole || minutes < 0 || minutes > LONGEST) form.errors.minutes = c.t('item_needs_minutes');
  if (Object.keys(form.errors).length > 0) {
    c.update();
    queueMicrotask(() => document.querySelector('#dialog [aria-invalid="true"]')?.focus());
    return;
  }
  const args = { title: form.title.trim(), minutes, presenter_unit_id: form.presenter };
  if (form.id !== null) {
    c.send('agenda.update', { item_id: form.id, ...args });
  } else {
    // At the end where what it was to follow is gone.
    const at = items(c).findIndex(({ id }) => id === form.after);
    if (at >= 0) args.position = at + 2;
    c.send('agenda.add', args);
  }
  c.ui.itemForm = null;
  c.close();
}

/** The server refused an item: its form comes back with the reason. */
export function itemRefused(c, command, error) {
  const { args } = command;
  c.ui.itemForm = {
    id: args.item_id ?? null,
    title: args.title,
    minutes: String(args.minutes),
    presenter: args.presenter_unit_id,
    after: c.shown(),
    errors: placed(error),
  };
  c.open('item');
}

// Each reason by its field; what belongs to none, by `form`.
function placed(error) {
  const errors = {};
  for (const { field, message } of error.errors ?? []) {
    errors[field === 'title' || field === 'minutes' ? field : 'form'] ??= message;
  }
  return Object.keys(errors).length > 0 ? errors : { form: error.message };
}

/** What the dialog shows. */
export function itemDialog(c) {
  const { t } = c;
  const form = c.ui.itemForm;
  if (!form) return nothing;
  const set = (name) => (event) => {
    form[name] = event.target.value;
    c.changed();
  };
  const units = c.feed.all('unit').filter((unit) => unit.kind !== 'group');
  const errors = form.errors ?? {};
  const wrong = (name) => html`<p class="field-error" id="item-${name}-error" role="alert"
    ?hidden=${!errors[name]}>${errors[name]}</p>`;
  const bad = (name) => (errors[name] ? 'true' : nothing);
  return html`
    <h2 id="dialog-title">${form.id === null ? t('add_item') : t('edit_item')}</h2>
    <form class="form" @submit=${(event) => {
      event.preventDefault();
      saveItem(c);
    }}>
      <div class="field">
        <label for="item-title">${t('item_title')}</label>
        <input id="item-title" maxlength="500" autofocus .value=${live(form.title)} @input=${set('title')}
          aria-describedby="item-title-error" aria-invalid=${bad('title')}>
        ${wrong('title')}
      </div>
      <div class="field-row">
        <div class="field">
          <label for="item-minutes">${t('item_minutes')}</label>
          <input id="item-minutes" inputmode="numeric" .value=${live(form.minutes)}
            @input=${set('minutes')} aria-describedby="item-minutes-error" aria-invalid=${bad('minutes')}>
          ${wrong('minutes')}
        </div>
        <div class="field field-wide">
          <label for="item-presenter">${t('item_presenter')}</label>
          <select id="item-presenter" .value=${live(String(form.presenter ?? ''))} @change=${(event) => {
            form.presenter = event.target.value ? Number(event.target.value) : null;
            c.changed();
          }}>
            <option value="">${t('no_presenter')}</option>
            ${units.map((unit) => html`<option value=${unit.id}
              ?selected=${unit.id === form.presenter}>${unitName(unit)}</option>`)}
          </select>
        </div>
      </div>
      ${wrong('form')}
      <div class="actions">
        <button type="button" class="btn btn-quiet" @click=${() => c.close()}>${t('cancel')}</button>
        <button class="btn btn-primary">${t('save')}</button>
      </div>
    </form>`;
}

// The agenda as something to change: add, edit in place, remove with a way back, and
// reorder by dragging, by buttons or by Alt + arrow keys.

import { html, nothing, render } from '/static/vendor/lit-html/lit-html.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import Sortable from '/static/vendor/sortablejs/modular/sortable.esm.js';
import { clock, unitName } from './lib.js';

const LONGEST = 1440; // minutes of a day, as the server has it

export function agendaEditor(c) {
  const { feed, t } = c;
  const place = document.getElementById('agenda');
  const sum = document.getElementById('agenda-sum');
  let editing = null; // the id of the item whose form is open
  let wrong = {}; // what is wrong in the open form ('edit') and in the one that adds ('add')
  let begun = false;
  let focus = null; // where the focus goes after the next drawing

  // The items as they will stand when the moves on their way are done.
  function items() {
    const list = feed.all('agenda_item').sort((a, b) => a.position - b.position || a.id - b.id);
    for (const { name, args } of feed.pending) {
      if (name !== 'agenda.move') continue;
      const from = list.findIndex((item) => item.id === args.item_id);
      if (from >= 0) list.splice(args.position - 1, 0, ...list.splice(from, 1));
    }
    return list;
  }

  function move(item, position) {
    const list = items();
    if (position < 1 || position > list.length) return;
    focus = `#item-${item.id}`;
    c.send('agenda.move', { item_id: item.id, position });
    c.say(t('moved', { title: item.title, position, count: list.length }));
  }

  async function remove(item) {
    const { title, minutes, presenter_unit_id, position, kind } = item;
    focus = '#add-title';
    const answer = await c.send('agenda.remove', { item_id: item.id });
    if (answer === undefined) return;
    const again = { title, minutes, presenter_unit_id, position, ...(kind ? { kind } : {}) };
    c.toast(t('item_removed', { title }), { undo: () => c.send('agenda.add', again) });
  }

  // The form's values as arguments, or null after marking what is wrong.
  function read(form, which) {
    const title = form.elements.title.value.trim();
    const minutes = Number(form.elements.minutes.value);
    wrong[which] = {};
    if (title === '') wrong[which].title = t('needs_title');
    const whole = form.elements.minutes.value !== '' && Number.isInteger(minutes);
    if (!whole || minutes < 0 || minutes > LONGEST) wrong[which].minutes = t('needs_minutes');
    const [field] = Object.keys(wrong[which]);
    if (field) {
      draw();
      form.elements[field].focus();
      return null;
    }
    const unit = form.elements.unit.value;
    return { title, minutes, presenter_unit_id: unit ? Number(unit) : null };
  }

  async function add(event) {
    event.preventDefault();
    const form = event.target;
    const args = read(form, 'add');
    if (!args) return;
    form.reset();
    draw();
    form.elements.title.focus();
    try {
      await feed.command('agenda.add', args);
    } catch (error) {
      // Give back what was typed, unless the next item is being typed already.
      if (form.elements.title.value === '') {
        form.elements.title.value = args.title;
        form.elements.minutes.value = args.minutes;
        form.elements.unit.value = args.presenter_unit_id ?? '';
      }
      wrong.add = { title: error.message };
      draw();
    }
  }

  async function save(event, item) {
    event.preventDefault();
    const args = read(event.target, 'edit');
    if (!args) return;
    // Only what is changed here, so that another editor's change of the rest stands.
    const changed = Object.entries(args).filter(([name, value]) => value !== item[name]);
    if (changed.length > 0) {
      try {
        await feed.command('agenda.update', { item_id: item.id, ...Object.fromEntries(changed) });
      } catch (error) {
        wrong.edit = { title: error.message };
        draw();
        return;
      }
    }
    stop(item);
  }

  function open(item) {
    editing = item.id;
    wrong.edit = {};
    focus = '#edit-title';
    draw();
  }

  function stop(item) {
    editing = null;
    focus = `#item-${item.id}`;
    draw();
  }

  // -- Drawing -----------------------------------------------------------------------------

  function fields(which, item) {
    const units = feed
      .all('unit')
      .filter((unit) => unit.kind !== 'group')
      .sort((a, b) => a.position - b.position);
    const errors = wrong[which] ?? {};
    const error = (name) =>
      errors[name]
        ? html`<p class="field-error" id="${which}-${name}-error">${errors[name]}</p>`
        : nothing;
    const told = (name) => (errors[name] ? `${which}-${name}-error` : nothing);
    const invalid = (name) => (errors[name] ? 'true' : nothing);
    return html`
      <div class="field agenda-form-title">
        <label class="${which === 'add' ? 'visually-hidden' : ''}" for="${which}-title">${t('item_title')}</label>
        <input id="${which}-title" name="title" maxlength="500" autocomplete="off"
          value=${item?.title ?? ''} placeholder=${which === 'add' ? t('item_placeholder') : ''}
          aria-invalid=${invalid('title')} aria-describedby=${told('title')}>
        ${error('title')}
      </div>
      <div class="field agenda-form-minutes">
        <label for="${which}-minutes">${t('item_minutes')}</label>
        <input id="${which}-minutes" name="minutes" type="number" min="0" max=${LONGEST}
          inputmode="numeric" value=${item?.minutes ?? 10}
          aria-invalid=${invalid('minutes')} aria-describedby=${told('minutes')}>
        ${error('minutes')}
      </div>
      <div class="field agenda-form-unit">
        <label for="${which}-unit">${t('item_unit')}</label>
        <select id="${which}-unit" name="unit">
          <option value="">${t('no_unit')}</option>
          ${units.map((unit) => html`<option value=${unit.id}
            ?selected=${unit.id === item?.presenter_unit_id}>${unitName(unit)}</option>`)}
        </select>
      </div>`;
  }

  function line(item, index, count, start) {
    if (item.id === editing) {
      return html`<li class="agenda-item agenda-open">
        <form class="agenda-form" novalidate @submit=${(event) => save(event, item)}
          @keydown=${(event) => event.key === 'Escape' && stop(item)}>
          ${fields('edit', item)}
          <div class="actions">
            <button class="btn btn-primary" type="submit">${t('save')}</button>
            <button class="btn btn-quiet" type="button" @click=${() => stop(item)}>${t('stop')}</button>
          </div>
        </form></li>`;
    }
    const { title } = item;
    const onKey = (event) => {
      if (event.target !== event.currentTarget) return;
      if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
        event.preventDefault();
        move(item, index + 1 + (event.key === 'ArrowUp' ? -1 : 1));
      } else if (event.key === 'Enter') {
        event.preventDefault(); // the form that opens must not hear it, too, and be sent
        open(item);
      }
    };
    return html`<li class="agenda-item agenda-edits" id="item-${item.id}" data-item=${item.id}
        tabindex="0" @keydown=${onKey}>
      <span class="agenda-handle" title=${t('drag')} aria-hidden="true">⠿</span>
      <span class="agenda-time num">${clock(start)}–${clock(start + item.minutes * 60_000)}</span>
      <div class="agenda-what"><span class="agenda-title">${title}</span>
        ${item.presenter_unit_id
          ? html`<span class="muted small">${unitName(feed.get('unit', item.presenter_unit_id))}</span>`
          : nothing}
        ${item.state === 'current' ? html`<span class="badge badge-live">${t('item_current')}</span>` : nothing}
        ${item.state === 'done' ? html`<span class="badge badge-done">${t('item_done')}</span>` : nothing}
      </div>
      <span class="muted num agenda-minutes">${t('minutes', { n: item.minutes })}</span>
      <span class="agenda-tools">
        <button class="btn btn-quiet btn-small btn-icon" type="button" ?disabled=${index === 0}
          aria-label=${t('up', { title })} @click=${() => move(item, index)}>↑</button>
        <button class="btn btn-quiet btn-small btn-icon" type="button" ?disabled=${index === count - 1}
          aria-label=${t('down', { title })} @click=${() => move(item, index + 2)}>↓</button>
        <button class="btn btn-quiet btn-small" type="button"
          aria-label=${t('edit_item', { title })} @click=${() => open(item)}>${t('edit')}</button>
        <button class="btn btn-quiet btn-small" type="button" ?disabled=${item.state === 'current'}
          aria-label=${t('remove_item', { title })} @click=${() => remove(item)}>${t('remove')}</button>
      </span></li>`;
  }

  function draw() {
    if (!begun) {
      place.replaceChildren(); // the server's list, for those who only read
      begun = true;
    }
    const list = items();
    if (editing !== null && !list.some((item) => item.id === editing)) editing = null;
    const starts = [];
    let at = Date.parse(feed.meeting.starts_at);
    for (const item of list) {
      starts.push(at);
      at += item.minutes * 60_000;
    }
    summary(list, at);
    render(html`
      ${list.length === 0
        ? html`<div class="empty"><p class="empty-title">${t('agenda_empty')}</p><p>${t('agenda_empty_hint')}</p></div>`
        : nothing}
      <ol class="agenda-list" id="agenda-list">
        ${repeat(list, (item) => item.id, (item, index) => line(item, index, list.length, starts[index]))}
      </ol>
      ${list.length > 1 ? html`<p class="field-hint agenda-keys">${t('keys')}</p>` : nothing}
      <form class="agenda-form agenda-add" novalidate @submit=${add}>
        ${fields('add', null)}
        <div class="actions"><button class="btn" type="submit">${t('add')}</button></div>
      </form>`, place);
    sorting();
    if (focus) {
      document.querySelector(focus)?.focus();
      focus = null;
    }
  }

  function summary(list, end) {
    const minutes = list.reduce((total, item) => total + item.minutes, 0);
    const over = Math.round((end - Date.parse(feed.meeting.ends_at)) / 60_000);
    render(list.length === 0 ? nothing : html`
      ${t('agenda_sum', { count: list.length, minutes, end: clock(end) })}${over > 0
        ? html`, <span class="late">${t('agenda_over', { minutes: over, end: clock(feed.meeting.ends_at) })}</span>`
        : nothing}`, sum);
  }

  // Sortable moves the element itself, which lit-html must find where it left it: put it
  // back and let the order come from the objects.
  let sortable = null;
  function sorting() {
    const list = document.getElementById('agenda-list');
    if (sortable?.el === list) return;
    let next = null;
    sortable = new Sortable(list, {
      draggable: '.agenda-edits',
      handle: '.agenda-handle',
      animation: 120,
      onStart: ({ item }) => {
        next = item.nextSibling;
      },
      onEnd: ({ item, to, oldIndex, newIndex }) => {
        to.insertBefore(item, next);
        if (oldIndex === newIndex) return;
        const moved = feed.get('agenda_item', item.dataset.item);
        if (moved) move(moved, newIndex + 1);
      },
    });
  }

  sum.replaceChildren();
  return { draw };
}

// The left column: the agenda with its clock, its order, and the way from item to item.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import Sortable from '/static/vendor/sortablejs/modular/sortable.esm.js';
import { openItem } from './console-item.js';
import { rowKeys } from './console-rows.js';
import { unitName } from './lib.js';

/** The items in their order, as they will stand when the moves on their way are done. */
export function items(c) {
  const list = c.feed.all('agenda_item').sort((one, other) => one.position - other.position);
  for (const { name, args } of c.feed.pending) {
    if (name !== 'agenda.move') continue;
    const from = list.findIndex((item) => item.id === args.item_id);
    if (from >= 0) list.splice(args.position - 1, 0, ...list.splice(from, 1));
  }
  return list;
}

/** Seconds used by an item until now. */
export function used(c, item) {
  const running = item.state === 'current' && item.started_at;
  // A closed meeting's clock stands.
  const until = c.meeting.closed_at ? Date.parse(c.meeting.closed_at) : c.feed.now();
  const turn = running ? Math.max(0, (until - Date.parse(item.started_at)) / 1000) : 0;
  return (item.used_seconds ?? 0) + turn;
}

/** When the meeting will end, in milliseconds, if what is left takes as long as planned. */
export function predictedEnd(c) {
  const now = c.feed.now();
  // Whoever has not begun in time cannot begin before now.
  const start = c.live ? now : Math.max(now, Date.parse(c.meeting.starts_at));
  let left = 0;
  for (const item of items(c)) {
    if (item.state === 'pending') left += item.minutes * 60;
    else if (item.state === 'current') left += Math.max(0, item.minutes * 60 - used(c, item));
  }
  return start + left * 1000;
}

/** Whether no item comes after the current one: going on ends the agenda. */
export function ending(c) {
  const list = items(c);
  const at = list.findIndex((item) => item.id === c.meeting.current_item_id);
  return at >= 0 && !list.slice(at + 1).some((item) => item.state === 'pending');
}

/** On to the next item; the way back is offered. */
export async function advance(c) {
  if (!c.live || c.feed.pending.some((command) => command.name === 'agenda.advance')) return;
  const from = c.meeting.current_item_id;
  if (from === null && items(c).length > 0 && items(c).every((item) => item.state !== 'pending')) {
    c.toast(c.t('agenda_over'));
    return;
  }
  c.ui.item = null;
  c.focus('#line');
  await c.send('agenda.advance', { from_item: from });
  if (from === null) return;
  const now = c.feed.get('agenda_item', c.meeting.current_item_id);
  c.toast(now ? c.t('advanced', { title: now.title }) : c.t('agenda_over'), () =>
    c.send('agenda.go_to', { item_id: from }),
  );
}

// To an item at once, whatever its state.
function goTo(c, item) {
  c.ui.item = null;
  c.send('agenda.go_to', { item_id: item.id });
  c.focus('#line');
}

// Pass over an item, or let one that was passed over wait again.
function skip(c, item) {
  if (!['pending', 'current', 'skipped'].includes(item.state)) return;
  const back = item.state === 'skipped';
  const was = item.state === 'current' ? 'agenda.go_to' : 'agenda.restore';
  c.send(back ? 'agenda.restore' : 'agenda.skip', { item_id: item.id }).then(() =>
    c.toast(c.t(back ? 'item_restored' : 'item_skipped', { title: item.title }), () =>
      c.send(back ? 'agenda.skip' : was, { item_id: item.id }),
    ),
  );
}

function move(c, item, step) {
  const position = items(c).findIndex((other) => other.id === item.id) + 1 + step;
  if (position < 1 || position > items(c).length) return;
  c.send('agenda.move', { item_id: item.id, position });
  c.focus(`#item-${item.id}`);
}

function remove(c, item) {
  const again = {
    title: item.title,
    minutes: item.minutes,
    presenter_unit_id: item.presenter_unit_id,
    position: item.position,
    ...(item.kind ? { kind: item.kind } : {}),
  };
  const list = items(c);
  const at = list.findIndex(({ id }) => id === item.id);
  const near = list[at + 1] ?? list[at - 1];
  // It may be refused: the focus goes on only where its row is gone.
  c.send('agenda.remove', { item_id: item.id }).then(() => {
    if (document.activeElement === document.body) c.focus(near ? `#item-${near.id}` : '#add-item');
    c.toast(c.t('item_removed', { title: item.title }), () => c.send('agenda.add', again));
  });
}

function minutesText(c, item) {
  const { t } = c;
  const minutes = Math.floor(used(c, item) / 60);
  const plan = item.planned_minutes;
  if (item.state === 'pending') {
    return plan === undefined ? t('minutes', { n: item.minutes }) : t('minutes_of_plan', { n: item.minutes, of: plan });
  }
  if (item.minutes === 0 || (item.state === 'skipped' && minutes === 0)) return t('minutes', { n: minutes });
  const over = minutes - item.minutes;
  const text = t('used_minutes', { n: minutes, of: item.minutes });
  return over > 0
    ? html`${text} · <span class="late">${t('over_minutes', { n: over })}</span>`
    : text;
}

// Sortable moves the element itself, which lit-html must find where it left it: put it back
// and let the order come from the objects.
let sortable = null;
function sorting(c, list) {
  if (!list || sortable?.el === list) return;
  sortable?.destroy();
  let next = null;
  sortable = new Sortable(list, {
    draggable: '.item',
    handle: '.item-handle',
    animation: 120,
    onStart: ({ item }) => {
      next = item.nextSibling;
    },
    onEnd: ({ item, to, oldDraggableIndex, newDraggableIndex }) => {
      to.insertBefore(item, next);
      if (oldDraggableIndex === newDraggableIndex) return;
      const id = Number(item.dataset.item);
      c.send('agenda.move', { item_id: id, position: newDraggableIndex + 1 });
    },
  });
}

/** The column. */
export function agenda(c) {
  const { t } = c;
  const list = items(c);
  const shown = c.shown();
  queueMicrotask(() => c.editable && sorting(c, document.querySelector('#agenda-list')));
  return html`
    <section class="pane agenda" aria-label=${t('agenda')} data-zone="agenda" data-column="agenda">
      <header class="pane-head">
        <h2>${t('agenda')}</h2>
        <span class="muted small num">${t('minutes', { n: list.reduce((sum, item) => sum + item.minutes, 0) })}</span>
      </header>
      <div class="pane-body">
        <ol class="items" id="agenda-list">
          ${repeat(list, (item) => item.id, (item, at) => row(c, item, at, item.id === shown))}
        </ol>
        ${list.length === 0
          ? html`<div class="empty"><p class="empty-title">${t('agenda_empty')}</p>
              <p>${t('agenda_empty_hint')}</p></div>`
          : nothing}
      </div>
      ${c.editable
        ? html`<footer class="pane-foot">
            <button class="btn btn-small" id="add-item" @click=${() => openItem(c)}>
              + ${t('add_item')}</button>
            ${c.live && (c.meeting.current_item_id !== null || list.some((item) => item.state === 'pending'))
              ? html`<button class="btn btn-primary btn-small push" @click=${() => advance(c)}>
                  ${t(ending(c) ? 'end_agenda' : list.some((item) => item.state !== 'pending') ? 'next_item' : 'first_item')}
                  <kbd>n</kbd></button>`
              : nothing}
          </footer>`
        : nothing}
    </section>`;
}

function row(c, item, at, isShown) {
  const { t } = c;
  const seconds = used(c, item);
  // An item without planned time cannot run over it.
  const planned = item.minutes > 0;
  const late = planned && seconds > item.minutes * 60;
  const current = item.state === 'current';
  const acts = {
    Enter: () => c.show(item.id),
    ' ': () => c.show(item.id),
    'Alt+ArrowUp': () => move(c, item, -1),
    'Alt+ArrowDown': () => move(c, item, 1),
    v: () => c.live && !current && goTo(c, item),
    q: () => c.live && skip(c, item),
    e: () => openItem(c, item),
    x: () => remove(c, item),
    Delete: () => remove(c, item),
    '+': () => openItem(c, null, item),
  };
  return html`
    <li class="item item-${item.state} ${isShown ? 'item-shown' : ''}" id="item-${item.id}"
      data-item=${item.id} data-row tabindex=${isShown || (c.shown() === null && at === 0) ? 0 : -1}
      aria-current=${current ? 'step' : nothing} @keydown=${(event) => rowKeys(c, event, c.editable, acts)}
      @click=${() => c.show(item.id)}>
      <span class="item-number num ${c.editable ? 'item-handle' : ''}"
        title=${c.editable ? t('drag') : nothing}>${at + 1}</span>
      <div class="item-body">
        <p class="item-title">${item.title}</p>
        <p class="item-facts small">
          ${current ? html`<span class="badge badge-live">${t('now')}</span>` : nothing}
          ${item.state === 'done' ? html`<span class="done">✓ ${t('done')}</span>` : nothing}
          ${item.state === 'skipped' ? html`<span class="badge">${t('skipped')}</span>` : nothing}
          <span class="num muted">${minutesText(c, item)}</span>
        </p>
        ${item.state === 'pending' || !planned || (item.state === 'skipped' && seconds === 0)
          ? nothing
          : html`<progress class="${current ? '' : 'progress-quiet'} ${late ? 'progress-late' : ''}"
              max=${item.minutes * 60} .value=${Math.min(seconds, item.minutes * 60)}
              aria-label=${t('time_of_item')}></progress>`}
        ${isShown || current ? html`<p class="item-unit small muted">${presenter(c, item)}</p>` : nothing}
        ${isShown && c.editable ? tools(c, item, at) : nothing}
      </div>
    </li>`;
}

function presenter(c, item) {
  const unit = c.feed.get('unit', item.presenter_unit_id);
  return unit ? c.t('presented_by', { name: unitName(unit) }) : nothing;
}

function tools(c, item, at) {
  const { t } = c;
  const act = (action) => (event) => {
    event.stopPropagation();
    action();
  };
  return html`
    <div class="item-tools">
      ${c.live && item.state !== 'current'
        ? html`<div class="item-go"><button class="btn btn-small" tabindex="-1" @click=${act(() => goTo(c, item))}>${t('go_to')}</button></div>`
        : nothing}
      <button class="btn btn-quiet btn-small" tabindex="-1" @click=${act(() => openItem(c, item))}>${t('edit')}</button>
      <button class="btn btn-quiet btn-small btn-icon" tabindex="-1" aria-label=${t('move_up')} title=${t('move_up')}
        ?disabled=${at === 0} @click=${act(() => move(c, item, -1))}>↑</button>
      <button class="btn btn-quiet btn-small btn-icon" tabindex="-1" aria-label=${t('move_down')} title=${t('move_down')}
        ?disabled=${at === items(c).length - 1} @click=${act(() => move(c, item, 1))}>↓</button>
      ${c.live && item.state !== 'done'
        ? html`<button class="btn btn-quiet btn-small" tabindex="-1" @click=${act(() => skip(c, item))}>
            ${t(item.state === 'skipped' ? 'restore' : 'skip')}</button>`
        : nothing}
      ${item.state === 'pending'
        ? html`<button class="btn btn-quiet btn-small" tabindex="-1" @click=${act(() => remove(c, item))}>
            ${t('remove')}</button>`
        : nothing}
    </div>`;
}

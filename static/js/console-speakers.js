// Who has the floor on the item that is looked at, who waits for it, who has not spoken yet.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { speakerOf, speakers, speakerText } from './console-line.js';
import { rowKeys } from './console-rows.js';
import { best, composing } from './console-units.js';
import { span } from './lib.js';
import { floorTime, silent } from './room-model.js';

const SHOWN = 8;
const byPosition = (one, other) => one.position - other.position || one.id - other.id;
const byCall = (one, other) => (one.called_at < other.called_at ? -1 : 1);

/** Who has the floor, or undefined. */
export function speaking({ feed }) {
  return feed.all('speaker').find(({ state }) => state === 'speaking');
}

// Who waits on the item that is looked at, as they will stand when the moves on their way are done.
function queue(c) {
  const item = c.shown();
  const list = c.feed.all('speaker').filter(({ state, item_id }) => state === 'waiting' && item_id === item).sort(byPosition);
  for (const { name, args } of c.feed.pending) {
    if (name !== 'speaker.move') continue;
    const from = list.findIndex(({ id }) => id === args.speaker_id);
    if (from >= 0) list.splice(args.position - 1, 0, ...list.splice(from, 1));
  }
  return list;
}

// -- What is done ------------------------------------------------------------------------

function call(c, speaker) {
  if (!c.live || c.feed.pending.some(({ name }) => name === 'speaker.call')) return;
  c.send('speaker.call', { speaker_id: speaker.id, from_speaker: speaking(c)?.id ?? null });
  c.focus('#line');
}

/** Give the floor to whoever waits first; the next line is theirs. */
export function callNext(c) {
  const [next] = queue(c);
  if (!c.live) return;
  if (next) call(c, next);
  else c.toast(c.t('nobody_waits'));
}

/** Whoever has the floor has finished. */
export function finish(c) {
  const now = speaking(c);
  if (now && c.live) c.send('speaker.finish', { speaker_id: now.id });
  else if (c.live) c.toast(c.t('nobody_speaks'));
}

function move(c, speaker, step) {
  const list = queue(c);
  const position = list.findIndex(({ id }) => id === speaker.id) + 1 + step;
  if (position < 1 || position > list.length) return;
  c.send('speaker.move', { speaker_id: speaker.id, position, base_revision: speaker.revision });
  c.focus(`#speaker-${speaker.id}`);
}

function withdraw(c, speaker) {
  const list = queue(c);
  const at = list.indexOf(speaker);
  const near = list[at + 1] ?? list[at - 1];
  const { name } = speakerOf(c, speaker);
  const again = { item_id: speaker.item_id, person_id: speaker.person_id, note: speaker.note };
  c.focus(near ? `#speaker-${near.id}` : '#speaker-add');
  c.send('speaker.withdraw', { speaker_id: speaker.id }).then(() =>
    c.toast(c.t('withdrawn', { name }), () => c.send('speaker.request', again)),
  );
}

/** To the field that adds somebody; for a reply where a speaker is named. */
export function askFloor(c, answered = null) {
  if (!c.mayMark) return;
  c.ui.tab = 'outcome';
  c.ui.asking = { query: '', index: 0, open: false, reply_to: answered?.id ?? null };
  c.focus('#speaker-add');
}

function add(c, { person_id }) {
  const { reply_to } = c.ui.asking;
  const item_id = c.shown();
  c.ui.asking = { query: '', index: 0, open: false, reply_to: null };
  if (item_id === null) c.toast(c.t('no_item_yet'), null, true);
  else c.send('speaker.request', reply_to === null ? { item_id, person_id } : { item_id, person_id, reply_to });
  c.update();
}

// -- The field that adds somebody --------------------------------------------------------

// People who may ask; those who have not spoken yet come first.
function choices(c) {
  const { asking } = c.ui;
  if (!asking.open) return [];
  const quiet = silent(c.feed);
  const people = speakers(c).filter(({ person_id: id }) => id);
  return best(people, asking.query, (one) => speakerText(c, one), SHOWN, ({ person_id: id }) => (quiet.includes(id) ? 1 : 0))
    .map((one) => ({ ...one, quiet: quiet.includes(one.person_id) }));
}

function onFieldKey(c, event) {
  if (composing(event)) return;
  const { asking } = c.ui;
  const options = choices(c);
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const by = event.key === 'ArrowDown' ? 1 : -1;
    if (asking.open) asking.index = (asking.index + by + options.length) % Math.max(1, options.length);
    else Object.assign(asking, { open: true, index: 0 });
  } else if (event.key === 'Enter') {
    if (options[asking.index]) add(c, options[asking.index]);
    else asking.open = true;
  } else if (event.key === 'Escape' && (asking.open || asking.reply_to !== null)) {
    Object.assign(asking, { open: false, query: '', reply_to: null });
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  c.update();
}

function field(c) {
  const { t } = c;
  const { asking } = c.ui;
  const options = choices(c);
  const answered = asking.reply_to === null ? null : c.feed.get('speaker', asking.reply_to);
  return html`
    <div class="speaker-field" data-zone="asking">
      <label class="visually-hidden" for="speaker-add">${t('add_speaker')}</label>
      <input id="speaker-add" class="input" autocomplete="off" spellcheck="false" role="combobox" aria-autocomplete="list"
        aria-expanded=${options.length > 0} aria-controls="speaker-add-list"
        aria-activedescendant=${options.length > 0 ? `speaker-option-${asking.index}` : nothing}
        placeholder=${answered ? t('reply_to', { name: speakerOf(c, answered).name }) : t('add_speaker')}
        .value=${live(asking.query)} @input=${(event) => {
          Object.assign(asking, { query: event.target.value, index: 0, open: true });
          c.update();
        }} @keydown=${(event) => onFieldKey(c, event)} @blur=${() => {
          asking.open = false;
          c.update();
        }}>
      <kbd>p</kbd>
      <div class="menu" id="speaker-add-list" role="listbox" aria-label=${t('add_speaker')} ?hidden=${options.length === 0}>
        ${options.map((one, at) => {
          const { name, unit } = speakerOf(c, one);
          return html`<div class="menu-item" role="option" id="speaker-option-${at}" aria-selected=${at === asking.index}
            @mousedown=${(event) => event.preventDefault()} @click=${() => add(c, one)}>
            ${name} <small>${[unit, one.quiet ? t('not_spoken') : ''].filter(Boolean).join(' · ')}</small></div>`;
        })}
      </div>
    </div>`;
}

// -- The section -------------------------------------------------------------------------

function tool(word, act, icon = null) {
  return html`<button class="btn btn-quiet btn-small ${icon ? 'btn-icon' : ''}" tabindex="-1"
    aria-label=${icon ? word : nothing} title=${icon ? word : nothing} @click=${act}>${icon ?? word}</button>`;
}

function who(c, speaker) {
  const { name, unit } = speakerOf(c, speaker);
  const deputy = c.feed.all('attendance').find(({ person_id: id }) => id === speaker.person_id)?.deputy_name;
  return html`<b>${name}</b> <span class="muted">${unit}</span>
    ${speaker.reply_to === null ? nothing : html`<span class="badge">${c.t('reply')}</span>`}
    ${deputy ? html`<span class="small">${c.t('deputy_is', { name: deputy })}</span>` : nothing}
    ${speaker.note ? html`<span class="speaker-note small muted">${speaker.note}</span>` : nothing}`;
}

// The clock of whoever has the floor; words say what the colour says.
function time(c, speaker) {
  const { seconds, limit, state } = floorTime(c.meeting, speaker, c.feed.now());
  const word = {
    warning: () => c.t('floor_warning', { time: span(limit - seconds) }),
    over: () => c.t('floor_over', { time: span(seconds - limit) }),
    free: () => '',
  }[state]();
  return html`<span class="speaker-time num ${state === 'over' ? 'late' : ''}">${span(seconds)}${limit ? ` / ${span(limit)}` : ''}
    ${word ? html`<b>${word}</b>` : nothing}</span>`;
}

function nowRow(c, speaker) {
  const { t } = c;
  const acts = { h: () => finish(c), r: () => askFloor(c, speaker), Enter: () => c.focus('#line') };
  return html`
    <div class="speaker speaker-now" id="speaker-${speaker.id}" data-row data-zone="floor" tabindex="0"
      @keydown=${(event) => rowKeys(c, event, c.live, acts)}>
      <div class="speaker-who"><span class="badge badge-live">${t('has_floor')}</span> ${who(c, speaker)}</div>
      ${time(c, speaker)}
      ${c.live
        ? html`<div class="speaker-acts">
            <button class="btn btn-small" tabindex="-1" @click=${acts.h}>${t('finish')} <kbd>h</kbd></button>
            <button class="btn btn-quiet btn-small" tabindex="-1" @click=${acts.r}>${t('reply')} <kbd>r</kbd></button>
          </div>`
        : nothing}
    </div>`;
}

function waitingRow(c, speaker, at, first) {
  const { t } = c;
  const acts = {
    Enter: () => call(c, speaker),
    x: () => withdraw(c, speaker),
    Delete: () => withdraw(c, speaker),
    'Alt+ArrowUp': () => move(c, speaker, -1),
    'Alt+ArrowDown': () => move(c, speaker, 1),
  };
  return html`
    <li class="speaker" id="speaker-${speaker.id}" data-row data-zone="queue" tabindex=${first ? 0 : -1}
      @keydown=${(event) => rowKeys(c, event, c.mayMark, acts)}>
      <span class="outcome-number num">${at + 1}</span>
      <div class="speaker-who">${who(c, speaker)}</div>
      <div class="row-tools">
        ${c.live ? tool(t('call'), acts.Enter) : nothing}
        ${tool(t('move_up'), acts['Alt+ArrowUp'], '↑')}${tool(t('move_down'), acts['Alt+ArrowDown'], '↓')}
        ${tool(t('withdraw'), acts.x)}
      </div>
    </li>`;
}

function doneRow(c, speaker) {
  const reply = () => askFloor(c, speaker);
  return html`
    <li class="speaker" data-row data-zone="done" tabindex="-1" @keydown=${(event) => rowKeys(c, event, c.live, { r: reply })}>
      <div class="speaker-who">${who(c, speaker)}</div>
      <span class="num muted">${span(speaker.seconds ?? 0)}</span>
      ${c.live ? html`<div class="row-tools">${tool(c.t('reply'), reply)}</div>` : nothing}
    </li>`;
}

/** The section. */
export function floor(c) {
  const { t } = c;
  const now = speaking(c);
  const list = queue(c);
  const done = c.feed.all('speaker').filter(({ state, item_id }) => state === 'done' && item_id === c.shown()).sort(byCall);
  const coming = c.feed.pending.filter(({ name }) => name === 'speaker.request');
  const quiet = silent(c.feed);
  const toggle = (name) => (event) => {
    c.ui.opened[name] = event.target.open;
  };
  return html`
    <section class="floor" aria-label=${t('speakers')}>
      <header class="side-head">
        <h3>${t('speakers')} <span class="muted num">${list.length || ''}</span></h3>
        ${c.live
          ? html`<button class="btn btn-quiet btn-small" id="call-next" ?disabled=${list.length === 0}
              @click=${() => callNext(c)}>${t('call_next')} <kbd>m</kbd></button>`
          : nothing}
      </header>
      <div class="floor-rows">
        ${now ? nowRow(c, now) : nothing}
        ${!now && list.length + coming.length === 0 ? html`<p class="side-empty muted">${t('no_speakers')}</p>` : nothing}
        <ol>
          ${repeat(list, ({ id }) => id, (speaker, at) => waitingRow(c, speaker, at, !now && at === 0))}
          ${coming.map(({ args }) => html`
            <li class="speaker sending"><div class="speaker-who">${who(c, { note: '', reply_to: null, ...args })}</div></li>`)}
        </ol>
        ${done.length > 0
          ? html`<details class="floor-more" @toggle=${toggle('done')} ?open=${c.ui.opened.done}>
              <summary>${t('have_spoken', { n: done.length })}</summary>
              <ol>${done.map((speaker) => doneRow(c, speaker))}</ol></details>`
          : nothing}
        ${quiet.length > 0 && c.live
          ? html`<details class="floor-more" @toggle=${toggle('silent')} ?open=${c.ui.opened.silent}>
              <summary>${t('have_not_spoken', { n: quiet.length })}</summary>
              <p class="small">${quiet.map((id) => c.feed.get('person', id)?.name).join(', ')}</p></details>`
          : nothing}
      </div>
      ${c.mayMark ? field(c) : nothing}
    </section>`;
}

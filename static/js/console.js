// The secretary's console: what is on the screen is a function of the feed's objects and of
// `ui`, what is being typed and looked at here. Keyboard first; nothing typed is ever lost.

import { html, nothing, render } from '/static/vendor/lit-html/lit-html.js';
import { advance, agenda, ending, itemDialog, itemRefused, items, predictedEnd } from './console-agenda.js';
import { attendance, focusAttendance, headcount } from './console-attendance.js';
import { openConclusion, openDirective, outcome, outcomeRefused } from './console-outcome.js';
import { follow, sitesConnected } from './console-presence.js';
import { entryRefused, presenterSpeaks, record, removeEntry, startEdit } from './console-record.js';
import { BLIP_MS, Feed } from './feed.js';
import { clock, day, pageData, setting, translator } from './lib.js';
import { missedNotice } from './missed.js';
import { flat, openStore, unflat } from './store.js';

const TOAST_MS = 15000;
const SLOW_MS = 700; // a shorter wait for an answer is not worth a word

const page = pageData();
const root = document.getElementById('console');
const store = await openStore({ reader: page.me.person_id, meetingId: page.meeting_id });

// What is being typed and looked at. `DRAFTS` outlive the page.
const ui = {
  item: null, // the item that is looked at, where it is not the current one
  tab: 'outcome',
  line: { text: '', kind: 'opinion', speaker: null, error: '' },
  menu: null, // the list of speakers: {from, to, query, index}
  closedAt: null, // where in the line the list was closed by hand
  edits: {}, // by entry id: {text, base, original, error, theirs, back}
  failed: [], // what the server refused: {id, name, args, error}
  conclusion: null,
  directive: null,
  itemForm: null,
  details: null,
  search: '',
  dialog: null, // 'open', 'close', 'reopen', 'keys' or 'item'
  toast: null,
  stick: true, // the record stays at its newest line
  offlineSince: null,
  zone: null,
};
const DRAFTS = ['line', 'edits', 'failed', 'conclusion', 'directive', 'itemForm', 'details'];
Object.assign(ui, unflat(store.drafts));
// What was refused when the browser died is asked again: until then it is not refused.
ui.failed = ui.failed.filter(({ id }) => !store.waiting.some((command) => command.id === id));

const feed = new Feed({ meetingId: page.meeting_id, account: page.me.account_id, store });
const t = translator(page.strings);
const missed = missedNotice({ feed, t, me: page.me, changed: () => c.update() });
let rendering = false;
let focusNext = null;
let current; // the current item's id; undefined until the meeting is loaded
let scrolledTo;
let state;

/** What every part of the console works with. */
const c = {
  feed,
  t,
  ui,
  me: page.me,
  get meeting() {
    return feed.meeting;
  },
  get live() {
    return feed.meeting?.state === 'live';
  },
  /** The agenda may be changed; the record too, where the meeting is live. */
  get editable() {
    return ['draft', 'scheduled', 'live'].includes(feed.meeting?.state);
  },
  get mayMark() {
    return ['scheduled', 'live'].includes(feed.meeting?.state);
  },
  /** Single keys may be switched off (WCAG 2.1.4). */
  get keysOn() {
    return setting.get('keys-off') !== true;
  },
  /** The id of the item whose record is on the screen, or null. */
  shown() {
    if (ui.item !== null && feed.get('agenda_item', ui.item)) return ui.item;
    // Afterwards there is no current item: begin at the beginning.
    if (feed.meeting?.closed_at) return items(c)[0]?.id ?? null;
    return feed.meeting?.current_item_id ?? null;
  },
  /** Look at an item; null for the current one. */
  show(id) {
    ui.item = id === feed.meeting?.current_item_id ? null : id;
    ui.stick = true;
    c.update();
  },
  /** Render soon: what changes together is rendered once. */
  update() {
    if (rendering) return;
    rendering = true;
    queueMicrotask(paint);
  },
  /** Something was typed: keep it, and render. */
  changed() {
    store.saveDrafts(flat(Object.fromEntries(DRAFTS.map((name) => [name, ui[name]]))));
    c.update();
  },
  /** Focus what matches the selector, once it is rendered. */
  focus(selector) {
    focusNext = selector;
    c.update();
  },
  /** Give a command. The promise is kept only where it succeeds: `refused` tells the rest. */
  send(name, args, note = null) {
    return new Promise((resolve) => {
      feed.command(name, args, note).then(resolve, () => {});
    });
  },
  /** Say what happened, and offer the way back. */
  toast(text, undo = null, bad = false) {
    clearTimeout(ui.toast?.timer);
    ui.toast = { text, undo, bad, timer: setTimeout(closeToast, TOAST_MS) };
    c.update();
  },
  open(dialog) {
    ui.dialog = dialog;
    c.changed();
  },
  close() {
    ui.dialog = null;
    c.changed();
  },
};

// -- Rendering ---------------------------------------------------------------------------

function paint() {
  rendering = false;
  const body = document.getElementById('record-body');
  const atEnd = !body || body.scrollHeight - body.scrollTop - body.clientHeight < 40;
  render(view(), root);
  grow();
  const now = document.getElementById('record-body');
  if (now && (atEnd || ui.stick)) now.scrollTop = now.scrollHeight;
  ui.stick = false;
  const dialog = document.getElementById('dialog');
  if (current !== scrolledTo) {
    scrolledTo = current;
    document.querySelector('.item-current')?.scrollIntoView({ block: 'nearest' });
  }
  if (dialog && ui.dialog && !dialog.open) dialog.showModal();
  if (dialog && !ui.dialog && dialog.open) dialog.close();
  if (focusNext) {
    const target = root.querySelector(focusNext);
    focusNext = null;
    if (target && !ui.dialog) focusEnd(target);
  }
}

// Fields grow with their text, up to the height that their style allows. Measuring costs a
// layout of the page, so it is done only where there is something else to measure.
const measured = new WeakMap();
function grow() {
  for (const field of document.querySelectorAll('.grow-field')) {
    const now = `${innerWidth} ${field.value}`;
    if (measured.get(field) === now) continue;
    measured.set(field, now);
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
  }
}

function focusEnd(target) {
  if (target === document.activeElement) return;
  target.focus();
  if (target instanceof HTMLTextAreaElement) target.setSelectionRange(target.value.length, target.value.length);
  target.scrollIntoView({ block: 'nearest' });
}

function view() {
  if (feed.state === 'lost') {
    return html`<div class="console-note"><h1>${t('removed')}</h1><p><a href="/">${t('home')}</a></p>${held()}</div>`;
  }
  if (!feed.loaded || !c.meeting) {
    const word = { offline: 'offline_loading', signed_out: 'signed_out' }[feed.state] ?? 'loading';
    return html`<div class="console-note"><p role="status">${t(word)}</p>
      ${feed.state === 'signed_out' ? html`<p><a href="/login" target="_blank">${t('sign_in')}</a></p>` : nothing}
      ${held()}</div>`;
  }
  return html`
    ${bar()}
    <div class="console-columns">
      ${agenda(c)}
      ${c.live || c.meeting.opened_at ? record(c, html`${missed()}${toast()}`) : before()}
      ${side()}
    </div>
    ${foot()}
    <dialog class="dialog" id="dialog" aria-labelledby="dialog-title" @close=${() => ui.dialog && c.close()}>
      ${dialogs[ui.dialog]?.() ?? nothing}
    </dialog>`;
}

// What is not with the server yet, where there is no record to show it in: neither out of sight
// while the meeting cannot be loaded, nor when its writer has been taken off it.
function held() {
  const forms = [ui.line, ui.conclusion, ui.directive, ...Object.values(ui.edits)];
  const texts = [...feed.pending.map(({ args }) => args), ...ui.failed.map(({ args }) => args), ...forms]
    .map((one) => one?.text?.trim())
    .filter(Boolean);
  if (texts.length === 0) return nothing;
  return html`<p>${t(store.persistent ? 'held' : 'held_in_page')}</p>
    <ul class="held">${texts.map((text) => html`<li class="prose">${text}</li>`)}</ul>`;
}

function bar() {
  const { meeting } = c;
  const end = predictedEnd(c);
  const late = Math.floor((end - Date.parse(meeting.ends_at)) / 60000);
  return html`
    <header class="bar">
      <a class="bar-back" href="/meetings/${meeting.id}" title=${t('to_meeting')}>←<span class="visually-hidden">${t('to_meeting')}</span></a>
      <h1 class="bar-title clip" title=${meeting.title}>${meeting.title}</h1>
      <span class="badge ${c.live ? 'badge-live' : ''}">${t(meeting.cancelled_at ? 'state_cancelled' : `state_${meeting.state}`)}</span>
      <dl class="bar-facts">
        <div><dt>${t('clock')}</dt><dd class="bar-clock num">${clock(feed.now())}</dd></div>
        ${c.editable
          ? html`<div><dt>${t('predicted_end')}</dt><dd class="num ${late > 0 ? 'late' : ''}">${clock(end)}${
              late > 0 ? ` · ${t('over_minutes', { n: late })}` : ''
            }</dd></div>
            <div><dt>${t('sites')}</dt><dd class="num" id="sites-connected">${sitesConnected(c)}</dd></div>`
          : nothing}
      </dl>
      ${saving()}
      ${barButton()}
    </header>`;
}

function barButton() {
  const { state } = c.meeting;
  if (state === 'scheduled') return html`<button class="btn btn-primary btn-small" @click=${() => c.open('open')}>${t('open_meeting')}</button>`;
  if (state === 'live') return html`<button class="btn btn-small" @click=${() => c.open('close')}>${t('close_meeting')}</button>`;
  if (state === 'closed') {
    return html`<a class="btn btn-primary btn-small" href="/meetings/${c.meeting.id}/documents">${t('documents')}</a>
      <button class="btn btn-small" @click=${() => c.open('reopen')}>${t('reopen_meeting')}</button>`;
  }
  return nothing;
}

// The state of saving, in words: it is read aloud when it changes.
function saving() {
  const waiting = feed.pending.filter((command) => !command.answer);
  const slow = waiting.some((command) => Date.now() - command.at > SLOW_MS);
  const conflicts =
    Object.values(ui.edits).filter((edit) => edit.theirs).length +
    [ui.conclusion, ui.directive].filter((form) => form?.theirs).length;
  const refused = ui.failed.length;
  const offline = feed.state !== 'live' && Date.now() - (ui.offlineSince ?? Date.now()) > BLIP_MS;
  let [text, look] = [t('saved'), 'saving-done'];
  if (feed.state === 'signed_out') [text, look] = [t('signed_out'), 'saving-bad'];
  else if (conflicts > 0) [text, look] = [t('conflicts', { n: conflicts }), 'saving-bad'];
  else if (refused > 0) [text, look] = [t('refused', { n: refused }), 'saving-bad'];
  else if (offline) {
    text = waiting.length > 0 ? t('offline_waiting', { n: waiting.length }) : t('offline');
    look = 'saving-bad';
  } else if (slow) [text, look] = [t('waiting', { n: waiting.length }), 'saving-wait'];
  return html`<p class="saving ${look}" role="status" id="saving">${text}${store.persistent
      ? nothing
      : html`<span class="late" title=${t('not_kept')}>· ${t('not_kept_short')}</span>`}
    ${feed.state === 'signed_out' ? html`<a href="/login" target="_blank">${t('sign_in')}</a>` : nothing}</p>`;
}

function before() {
  const { meeting } = c;
  const { people, here } = headcount(c);
  return html`
    <section class="pane" aria-label=${t('record')}>
      <div class="opening">
        ${meeting.cancelled_at
          ? html`<p class="opening-title">${t('state_cancelled')}</p><p class="prose">${meeting.cancel_reason}</p>`
          : html`
            <p class="opening-title">${t('not_open_yet')}</p>
            <p class="muted">${t('starts', { time: clock(meeting.starts_at), day: day(meeting.starts_at) })}
              ${meeting.location ? html`<br>${meeting.location}` : nothing}</p>
            <p class="muted">${t('here_of', { n: here, of: people })}</p>
            ${meeting.state === 'scheduled'
              ? html`<button class="btn btn-primary btn-large" id="open-meeting" @click=${() => c.open('open')}>
                  ${t('open_meeting')} <kbd>o</kbd></button>`
              : html`<p>${t('still_draft')} <a href="/meetings/${meeting.id}">${t('to_meeting')}</a></p>`}`}
      </div>
      ${missed()}${toast()}
    </section>`;
}

function side() {
  const { people, here } = headcount(c);
  const tab = (name, label) => html`
    <button class="tab" role="tab" id="tab-${name}" aria-selected=${ui.tab === name}
      aria-controls="side-panel" tabindex=${ui.tab === name ? 0 : -1}
      @click=${() => {
        ui.tab = name;
        c.update();
      }} @keydown=${(event) => {
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
        ui.tab = name === 'outcome' ? 'attendance' : 'outcome';
        c.focus(`#tab-${ui.tab}`);
      }}>${label}</button>`;
  return html`
    <section class="pane side" aria-label=${t('side')}>
      <div class="tabs" role="tablist" aria-label=${t('side')}>
        ${tab('outcome', t('tab_outcome'))}
        ${tab('attendance', html`${t('tab_attendance')} <span class="muted num">${here}/${people}</span>`)}
      </div>
      <div class="side-panel" id="side-panel" role="tabpanel" aria-labelledby="tab-${ui.tab}">
        ${ui.tab === 'attendance' ? attendance(c) : outcome(c)}
      </div>
    </section>`;
}

function toast() {
  const { toast: now } = ui;
  return html`<div class="toasts" role=${now?.bad ? 'alert' : 'status'}>
    ${now
      ? html`<div class="toast ${now.bad ? 'toast-error' : ''}"><span>${now.text}</span>
          ${now.undo ? html`<button class="btn btn-small" @click=${undo}>${t('undo')} <kbd>z</kbd></button>` : nothing}
          <button class="btn btn-small btn-icon" aria-label=${t('dismiss')} @click=${closeToast}>×</button></div>`
      : nothing}</div>`;
}

function closeToast() {
  clearTimeout(ui.toast?.timer);
  ui.toast = null;
  c.update();
}

function undo() {
  const back = ui.toast?.undo;
  closeToast();
  back?.();
}

// -- The keys that work now --------------------------------------------------------------

const KEYS = {
  line: [['Enter', 'key_add'], ['Shift+Enter', 'key_newline'], ['@', 'key_speaker'], ['/yk /hoi /dap …', 'key_kind'],
    ['/cd', 'key_to_directive'], ['↑', 'key_edit_last'], ['Ctrl+Enter', 'key_next'], ['Esc', 'key_leave']],
  edit: [['Enter', 'key_save'], ['Shift+Enter', 'key_newline'], ['Esc', 'key_cancel']],
  details: [['Enter', 'key_save'], ['Esc', 'key_cancel']],
  conclusion: [['Enter', 'key_save'], ['Shift+Enter', 'key_newline'], ['Esc', 'key_cancel']],
  directive: [['Enter', 'key_next_field'], ['Ctrl+Enter', 'key_save'], ['Esc', 'key_cancel']],
  form: [['Ctrl+Enter', 'key_save'], ['Esc', 'key_cancel']],
  entry: [['↑ ↓', 'key_move'], ['e', 'key_edit'], ['x', 'key_remove'], ['i', 'key_line'], ['n', 'key_next']],
  attendance: [['1', 'status_on_site'], ['2', 'status_online'], ['3', 'status_absent'], ['0', 'status_unknown'],
    ['t', 'deputy'], ['↑ ↓', 'key_move'], ['i', 'key_line']],
  agenda: [['↑ ↓', 'key_move'], ['Enter', 'key_look'], ['Alt+↑ ↓', 'key_order'], ['n', 'key_next'], ['i', 'key_line']],
  live: [['n', 'key_next'], ['i', 'key_line'], ['k', 'key_conclusion'], ['d', 'key_directive'], ['a', 'key_attendance'],
    ['↑ ↓', 'key_move'], ['z', 'undo']],
  scheduled: [['o', 'key_open'], ['a', 'key_attendance']],
  closed: [['↑ ↓', 'key_move'], ['a', 'key_attendance']],
};

function foot() {
  let zone = KEYS[ui.zone] ?? KEYS[c.meeting.state] ?? [];
  // At the last item these do not go on, and `n` says what it ends.
  if (c.live && ending(c)) {
    zone = zone
      .filter(([key]) => key !== 'Ctrl+Enter' || ui.zone !== 'line')
      .map(([key, word]) => (word === 'key_next' ? [key, 'key_end_agenda'] : [key, word]));
  }
  const hint = ([key, word]) => html`<li><kbd>${key}</kbd> ${t(word)}</li>`;
  return html`
    <footer class="foot">
      <h2 class="visually-hidden">${t('keys')}</h2>
      <ul>${zone.map(hint)}</ul>
      <ul class="push">
        <li><a href="?lang=${t('other_lang')}" lang=${t('other_lang')}>${t('other_lang_name')}</a></li>
        <li><button class="btn btn-quiet btn-small" @click=${() => c.open('keys')}><kbd>?</kbd> ${t('keys')}</button></li>
      </ul>
    </footer>`;
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || ui.dialog) return;
  const field = event.target.closest?.('input, textarea, select');
  if (event.key === 'Escape') {
    if (field) field.blur();
    return;
  }
  if (field || event.ctrlKey || event.metaKey || event.altKey) return;
  // An input method may hide the letter; the key's place still tells it.
  const key = event.key === 'Process' ? event.code.replace('Key', '').toLowerCase() : event.key;
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    if (step(event.target, key === 'ArrowUp' ? -1 : 1)) event.preventDefault();
    return;
  }
  if (!c.meeting || (!c.keysOn && key !== '?')) return;
  const entry = feed.get('entry', event.target.closest?.('.entry')?.dataset.entry);
  const acts = {
    o: () => c.meeting.state === 'scheduled' && c.open('open'),
    n: () => advance(c),
    i: () => c.focus('#line'),
    '/': () => c.focus('#line'),
    k: () => openConclusion(c),
    d: () => openDirective(c),
    a: () => focusAttendance(c),
    j: () => step(event.target, 1),
    e: () => entry && c.live && startEdit(c, entry),
    x: () => entry && c.live && removeEntry(c, entry),
    Delete: () => entry && c.live && removeEntry(c, entry),
    z: () => undo(),
    '?': () => c.open('keys'),
  };
  const act = acts[key.length === 1 ? key.toLowerCase() : key];
  if (!act) return;
  event.preventDefault();
  act();
}

// Up and down within the list that has the focus; the record where none has.
function step(from, by) {
  const list = ['.attendee', '.item', '.entry'].find((kind) => from.closest?.(kind)) ?? '.entry';
  const rows = [...root.querySelectorAll(`${list}[tabindex]`)];
  const at = rows.indexOf(from.closest?.(list));
  const next = at < 0 ? rows.at(-1) : rows[at + by];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return Boolean(next);
}

// -- Dialogs -----------------------------------------------------------------------------

// Enter gives the answer that has the focus: the one asked for, or, where it may lose
// something, the one that changes nothing.
function question(title, body, word, act, careful = false) {
  return html`
    <h2 id="dialog-title">${title}</h2>
    ${body}
    <form method="dialog" class="actions" @submit=${(event) => {
      if (event.submitter?.value === 'yes') act();
    }}>
      <button class="btn ${careful ? 'btn-primary' : 'btn-quiet'}" value="no" ?autofocus=${careful}>${t('cancel')}</button>
      <button class="btn ${careful ? '' : 'btn-primary'}" value="yes" ?autofocus=${!careful}>${word}</button>
    </form>`;
}

const dialogs = {
  open() {
    const { people, here } = headcount(c);
    return question(t('open_question'), html`<p>${t('here_of', { n: here, of: people })}</p>`, t('open_meeting'), () => {
      ui.tab = 'outcome';
      c.send('meeting.open', {});
    });
  },
  close() {
    const left = feed.all('agenda_item').filter((item) => item.state === 'pending').length;
    const typed = [ui.line, ui.conclusion, ui.directive].some((form) => form?.text.trim()) ||
      Object.keys(ui.edits).length + ui.failed.length > 0;
    return question(
      t('close_question'),
      html`<p>${t('close_hint')}</p>
        ${left > 0 ? html`<p class="notice">${t('items_left', { n: left })}</p>` : nothing}
        ${typed ? html`<p class="notice notice-error">${t('drafts_left')}</p>` : nothing}`,
      t('close_meeting'),
      () => c.send('meeting.close', {}),
      typed,
    );
  },
  reopen() {
    // Enter in the field sends it: the form has one button that does so.
    return html`
      <h2 id="dialog-title">${t('reopen_question')}</h2>
      <p>${t('reopen_hint')}</p>
      <form class="form" method="dialog" @submit=${(event) => c.send('meeting.reopen', { reason: event.target.elements.reason.value })}>
        <div class="field">
          <label for="reopen-reason">${t('reopen_reason')}</label>
          <input id="reopen-reason" name="reason" required pattern=".*\\S.*" maxlength="500" autofocus>
        </div>
        <div class="actions">
          <button class="btn btn-quiet" type="button" @click=${(event) => event.target.closest('dialog').close()}>${t('cancel')}</button>
          <button class="btn btn-primary">${t('reopen_meeting')}</button>
        </div>
      </form>`;
  },
  item: () => itemDialog(c),
  keys() {
    const group = (title, keys) => html`<section><h3>${title}</h3>
      <dl class="keys">${keys.map(([key, word]) => html`<dt><kbd>${key}</kbd></dt><dd>${t(word)}</dd>`)}</dl></section>`;
    return html`
      <h2 id="dialog-title">${t('keys')}</h2>
      <div class="key-groups">
        ${group(t('keys_anywhere'), [...KEYS.scheduled.slice(0, 1), ...KEYS.live, ['e', 'key_edit'], ['x', 'key_remove'], ['?', 'keys']])}
        ${group(t('attendance'), KEYS.attendance.slice(0, 5))}
        ${group(t('agenda'), KEYS.agenda.slice(0, 3))}
        ${group(t('line_label'), [...KEYS.line.filter(([key]) => !key.startsWith('/')), ['/bc', 'kind_report'],
          ['/yk', 'kind_opinion'], ['/hoi', 'kind_question'], ['/dap', 'kind_answer'], ['/ghi', 'kind_note'],
          ['/kl', 'kind_conclusion'], ['/cd', 'kind_directive']])}
      </div>
      <label class="check"><input type="checkbox" .checked=${c.keysOn} @change=${(event) => {
        setting.set('keys-off', event.target.checked ? null : true);
        c.update();
      }}> ${t('keys_switch')}</label>
      <form method="dialog" class="actions"><button class="btn btn-primary" autofocus>${t('dismiss')}</button></form>`;
  },
};

// -- Beginning ---------------------------------------------------------------------------

follow(c);
// What others do is drawn with the next frame, however much it is; what is done here at once.
let waitingForFrame = false;
feed.addEventListener('change', () => {
  if (waitingForFrame) return;
  waitingForFrame = true;
  requestAnimationFrame(() => {
    waitingForFrame = false;
    paint();
  });
});
store.addEventListener('failed', () => c.update());
feed.addEventListener('state', () => {
  ui.offlineSince = feed.state === 'live' ? null : (ui.offlineSince ?? Date.now());
});
feed.addEventListener('refused', ({ detail: { command, error } }) => {
  const [type, action] = command.name.split('.');
  if (type === 'discussion') entryRefused(c, command, error);
  else if (type === 'conclusion' || type === 'directive') outcomeRefused(c, command, error);
  else if (command.name === 'agenda.add' || command.name === 'agenda.update') itemRefused(c, command, error);
  else c.toast(error.message, null, true);
  if (action === 'add' || action === 'update') c.changed();
});

feed.addEventListener('change', () => {
  if (!c.meeting) return;
  const now = c.meeting.current_item_id;
  if (current === undefined) {
    // Before the opening there is nothing to conclude, but sites to welcome.
    if (!c.meeting.opened_at) ui.tab = 'attendance';
  } else if (now !== current) {
    presenterSpeaks(c, feed.get('agenda_item', now));
  }
  if (now !== current) ui.stick = true;
  // What could be undone belongs to the state that it was done in.
  if (c.meeting.state !== state && ui.toast && !ui.toast.bad) closeToast();
  state = c.meeting.state;
  current = now;
});

document.addEventListener('keydown', onKey);
document.addEventListener('focusin', ({ target }) => {
  ui.zone = target.closest('[data-zone]')?.dataset.zone ?? null;
  c.update();
});
document.addEventListener('focusout', () => {
  ui.zone = null;
  c.update();
});
root.replaceChildren();
setInterval(c.update, 1000);
c.update();

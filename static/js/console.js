// The secretary's console: what is on the screen is a function of the feed's objects and of
// `ui`, what is being typed and looked at here. Keyboard first; nothing typed is ever lost.

import { html, nothing, render } from '/static/vendor/lit-html/lit-html.js';
import { carriedComes, carriedPanel, carriedRefused, carriedTab, hasCarried } from './carried-console.js';
import { advance, agenda, items, predictedEnd } from './console-agenda.js';
import { attendance, focusAttendance, headcount } from './console-attendance.js';
import { acceptMarked, followUnderstanding, understand } from './console-chips.js';
import { nextSpeaks } from './console-composer.js';
import { openConclusion } from './console-conclusion.js';
import { closeDialog, openDialog, reopenDialog } from './console-dialogs.js';
import { openDirective } from './console-directive.js';
import { fitDialog, openFit } from './console-fit.js';
import { itemDialog, itemRefused } from './console-item.js';
import { foot, keysDialog } from './console-keys.js';
import { outcome, outcomeRefused } from './console-outcome.js';
import { follow, sitesConnected } from './console-presence.js';
import { editLast, entryRefused, record } from './console-record.js';
import { cross, enter, step } from './console-rows.js';
import { chooseScreen, screenDialog, screenText, turnPage } from './console-screen.js';
import { askFloor, callNext, finish, speaking } from './console-speakers.js';
import { openTranscript, transcriptDialog } from './console-transcript.js';
import { focusVotes, openVotes, voteDialog, voteRefused, voting } from './console-votes.js';
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
  menu: null, // the list of names: {id, from, to, query, index}
  closedAt: null, // where in the line the list was closed by hand
  edits: {}, // by entry id: {text, kind, speaker, base, original, error, theirs, back}
  transcript: [], // draft lines: {id, kind, text, at, speaker, editing, error}
  remark: { text: '', kind: 'opinion' }, // after the close
  vote: { text: '', secret: false, error: '' }, // a question that is being put
  failed: [], // what the server refused: {id, name, args, error}
  conclusion: null,
  directive: null,
  carried: null, // by carried id, what is noted of it: {text, progress, unit, error}
  carriedOpen: null, // the id of the one whose field is open
  marked: {}, // directives in the column that are read: by id, what was thrown away of it
  itemForm: null,
  details: null,
  search: '',
  asking: { query: '', index: 0, open: false, reply_to: null }, // the field that adds a speaker
  hands: {}, // by vote id, while they are typed
  counts: {}, // by unit id: how many sit there, while it is typed
  opened: {}, // which of the lists that fold are open
  noting: null, // what a unit asks, while it is noted: {directive, unit, text}
  asked: null, // the vote that a dialog asks about: {vote, act}
  screen: null, // the dialogs': {query, index}
  fit: null, // {time, from, proposal, error}
  import: null, // {text, began, error}
  dialog: null, // a key of `dialogs`
  toast: null,
  stick: true, // the record stays at its newest line
  offlineSince: null,
  zone: null,
};
const DRAFTS = ['line', 'edits', 'failed', 'conclusion', 'directive', 'carried', 'itemForm', 'details', 'remark', 'vote', 'transcript'];
Object.assign(ui, unflat(store.drafts));
// What was refused when the browser died is asked again: until then it is not refused.
ui.failed = ui.failed.filter(({ id }) => !store.waiting.some((command) => command.id === id));

const feed = new Feed({ meetingId: page.meeting_id, account: page.me.account_id, store });
const t = translator(page.strings);
const missed = missedNotice({ feed, t, me: page.me, changed: () => c.update() });
let rendering = false;
let asked = null; // the dialog that was opened
let focusNext = null;
let current; // the current item's id; undefined until the meeting is loaded
let floor; // the id of whoever speaks
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
    const drafts = Object.fromEntries(DRAFTS.map((name) => [name, ui[name]]));
    // (An empty one must not keep a closed window's from being taken over.)
    if (drafts.transcript.length === 0) drafts.transcript = null;
    store.saveDrafts(flat(drafts));
    understand(c);
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
  editLast: () => editLast(c),
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
  // Before what has the focus in it goes away: closing a dialog gives the focus back.
  if (!ui.dialog) document.getElementById('dialog')?.close();
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
  // (One that Escape has closed says so a little later: it is not opened again meanwhile.)
  if (dialog && ui.dialog && !asked) dialog.showModal();
  asked = dialog ? ui.dialog : null;
  // (A dialog that is being closed gives the focus back first.)
  if (focusNext && !ui.dialog) {
    const target = root.querySelector(focusNext);
    focusNext = null;
    if (target) focusEnd(target);
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
    ${foot(c)}
    <dialog class="dialog" id="dialog" aria-labelledby="dialog-title" @close=${() => ui.dialog && c.close()}>
      ${dialogs[ui.dialog]?.(c) ?? nothing}
    </dialog>`;
}

// What is not with the server yet, where there is no record to show it in: neither out of sight
// while the meeting cannot be loaded, nor when its writer has been taken off it.
function held() {
  const forms = [ui.line, ui.remark, ui.vote, ui.conclusion, ui.directive, ...Object.values(ui.edits), ...ui.transcript];
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
            }${c.live
              ? html` <button class="btn btn-quiet btn-small" @click=${() => openFit(c)}>${t('fit_short')} <kbd>g</kbd></button>`
              : nothing}</dd></div>
            <div><dt>${t('sites')}</dt><dd class="num" id="sites-connected">${sitesConnected(c)}</dd></div>`
          : nothing}
      </dl>
      ${c.mayMark
        ? html`<button class="btn btn-small bar-screen" title=${t('screen_now')} @click=${() => chooseScreen(c)}>
            <span class="visually-hidden">${t('screen_now')}</span><span class="clip">${screenText(c)}</span> <kbd>s</kbd></button>`
        : nothing}
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

const tabs = () => ['outcome', ...(hasCarried(c) ? ['carried'] : []), 'votes', 'attendance'];

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
        event.preventDefault();
        event.stopPropagation();
        const by = event.key === 'ArrowLeft' ? -1 : 1;
        ui.tab = tabs().at((tabs().indexOf(name) + by) % tabs().length);
        c.focus(`#tab-${ui.tab}`);
      }}>${label}</button>`;
  return html`
    <section class="pane side" aria-label=${t('side')} data-column="side">
      <div class="tabs" role="tablist" aria-label=${t('side')}>
        ${tab('outcome', t('tab_outcome'))}
        ${hasCarried(c) ? tab('carried', carriedTab(c)) : nothing}
        ${tab('votes', html`${t('votes')} ${openVotes(c) > 0
          ? html`<span class="badge badge-live"><span class="visually-hidden">${t('vote_open')}</span> ${openVotes(c)}</span>` : nothing}`)}
        ${tab('attendance', html`${t('tab_attendance')} <span class="muted num">${here}/${people}</span>`)}
      </div>
      <div class="side-panel" id="side-panel" role="tabpanel" aria-labelledby="tab-${ui.tab}">
        ${{ outcome, carried: carriedPanel, votes: voting, attendance }[ui.tab](c)}
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

// -- Keys --------------------------------------------------------------------------------

function onKey(event) {
  // (A dialog that Escape has closed says so a little later: keys count from when it is gone.)
  if (event.defaultPrevented || event.isComposing || document.getElementById('dialog')?.open) return;
  const field = event.target.closest?.('input, textarea, select');
  if (event.key === 'Escape') {
    if (field) field.blur();
    return;
  }
  if (field || event.ctrlKey || event.metaKey || event.altKey) return;
  // An input method may hide the letter; the key's place still tells it.
  const key = event.key === 'Process' ? event.code.replace('Key', '').toLowerCase() : event.key;
  const arrow = { ArrowUp: [step, -1], ArrowDown: [step, 1], ArrowLeft: [cross, -1], ArrowRight: [cross, 1] }[key];
  if (arrow) {
    const [go, by] = arrow;
    if (go(event.target, by)) event.preventDefault();
    return;
  }
  if (!c.meeting || (!c.keysOn && key !== '?')) return;
  const act = ACTS[key.length === 1 ? key.toLowerCase() : key];
  if (!act) return;
  event.preventDefault();
  act();
}

// What works wherever nothing is being typed; a row's own keys come first (`rowKeys`).
const ACTS = {
  o: () => ['scheduled', 'closed'].includes(c.meeting.state) && c.open(c.meeting.state === 'closed' ? 'reopen' : 'open'),
  w: () => c.live && c.open('close'),
  n: () => advance(c),
  i: () => c.focus('#line, #remark'),
  '/': () => c.focus('#line, #remark'),
  k: () => openConclusion(c),
  d: () => openDirective(c),
  m: () => callNext(c),
  h: () => finish(c),
  p: () => askFloor(c),
  b: () => focusVotes(c),
  a: () => focusAttendance(c),
  c: () => enter('agenda'),
  s: () => chooseScreen(c),
  g: () => openFit(c),
  y: () => acceptMarked(c),
  t: () => openTranscript(c),
  '[': () => turnPage(c, -1),
  ']': () => turnPage(c, 1),
  z: () => undo(),
  '?': () => c.open('keys'),
};

const dialogs = {
  open: openDialog,
  close: closeDialog,
  reopen: reopenDialog,
  item: itemDialog,
  keys: keysDialog,
  vote: voteDialog,
  screen: screenDialog,
  fit: fitDialog,
  transcript: transcriptDialog,
};

// -- Beginning ---------------------------------------------------------------------------

follow(c);
followUnderstanding(c);
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
  else if (type === 'carried') carriedRefused(c, command, error);
  else if (type === 'vote') voteRefused(c, command, error);
  else if (command.name === 'agenda.add' || command.name === 'agenda.update') itemRefused(c, command, error);
  else c.toast(error.message, null, true);
  if (action === 'add' || action === 'update') c.changed();
});

feed.addEventListener('change', () => {
  if (!c.meeting) return;
  const now = c.meeting.current_item_id;
  const speaker = speaking(c)?.id;
  if (current === undefined) {
    // Before the opening there is nothing to conclude, but sites to welcome.
    if (!c.meeting.opened_at) ui.tab = 'attendance';
    if (speaker !== undefined) nextSpeaks(c);
  } else if (now !== current || (speaker !== floor && speaker !== undefined)) {
    // (Whoever has finished may still be written down.)
    nextSpeaks(c);
  }
  floor = speaker;
  if (now !== current) {
    ui.stick = true;
    carriedComes(c);
  }
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

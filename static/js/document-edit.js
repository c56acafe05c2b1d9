// Writing a document. Saving makes a text; until then this browser keeps what is written, through
// closing and without a network. Another person's text, a change in the record, a refusal: each
// is shown, and none of them takes a word away.

import { html, nothing, render } from '/static/vendor/lit-html/lit-html.js';
import { asker } from './document-api.js';
import { same, standing } from './document-compare.js';
import { conflictView } from './document-conflict.js';
import { ContentForm } from './document-form.js';
import { mergeOffer } from './document-merge.js';
import { Feed } from './feed.js';
import { clock, day, pageData, translator } from './lib.js';
import { openStore } from './store.js';
import { toaster } from './toasts.js';

const KEEP_MS = 250; // after a keystroke, until what is written is looked at and kept

const data = pageData();
const t = translator(data.strings);
const id = data.document.id;
const ask = asker(data);
const toast = toaster(document.getElementById('toasts'), t);
const place = (name) => document.getElementById(name);

// Kept under the document: the console of the same meeting keeps its own drafts apart.
const store = await openStore({ reader: data.me.person_id, meetingId: `${data.meeting_id}:document:${id}` });
const feed = new Feed({ meetingId: data.meeting_id, account: data.me.account_id });
const form = new ContentForm(place('editor'), t);

const ui = {
  loaded: false,
  base: null, // the text that what is written is based on: {number, content, author_name, at}
  theirs: null, // a newer one that somebody else has saved meanwhile
  dirty: false,
  kept: null, // when the unsaved text was written that was found here
  stash: store.drafts.stash ?? null, // one's own text before two were joined: {content, at}
  saving: false,
  refused: '',
  gone: false,
  failed: '',
  notice: '',
  looking: false, // two texts are side by side
};

const now = () => feed.get('document', id) ?? data.document;
const locked = () => now().state !== 'draft';
const moment = (value) => `${clock(value)} ${day(value)}`;

// -- Loading -------------------------------------------------------------------------------

const readText = (number) => ask(`/documents/${id}/texts/${number}`);

async function begin() {
  ui.failed = '';
  try {
    const text = await readText(now().head);
    start(text);
  } catch (trouble) {
    ui.failed = trouble.code === 'offline' ? t('offline') : trouble.message;
    offlineStart();
  }
  paint();
}

function start(text) {
  const kept = ui.loaded ? null : store.drafts.text;
  ui.loaded = true;
  place('editor').hidden = false;
  if (kept && !same(kept.content, text.content)) {
    // A newer text than the one that it was based on: both are there.
    if (kept.base.number === text.number) ui.base = text;
    else [ui.base, ui.theirs] = [kept.base, text];
    form.content = kept.content;
    ui.kept = kept.at;
    ui.dirty = true;
    keep();
    if (ui.theirs) look();
  } else {
    ui.base = text;
    form.content = text.content;
    settle();
  }
  offer.look();
}

// Without a network, what was being written here can be gone on with.
function offlineStart() {
  const kept = store.drafts.text;
  if (ui.loaded || !kept) return;
  ui.loaded = true;
  place('editor').hidden = false;
  ui.base = kept.base;
  form.content = kept.content;
  ui.kept = kept.at;
  ui.dirty = true;
}

// -- What is written -----------------------------------------------------------------------

let timer = null;
form.addEventListener('input', () => {
  if (!ui.loaded) return;
  // At once where the word has to change: it must never say too much.
  if (!ui.dirty && !same(form.content, ui.base.content)) {
    ui.dirty = true;
    paint();
  }
  clearTimeout(timer);
  timer = setTimeout(settle, KEEP_MS);
});

// Look at what is written, and keep it.
function settle() {
  clearTimeout(timer);
  timer = null;
  if (!ui.loaded) return;
  ui.dirty = !same(form.content, ui.base.content);
  if (!ui.dirty) {
    ui.refused = '';
    ui.kept = null;
    form.errors([]);
  }
  keep();
  paint();
}

function keep() {
  const drafts = {};
  if (ui.dirty) drafts.text = { base: ui.base, content: form.content, at: Date.now() };
  if (ui.stash) drafts.stash = ui.stash;
  store.saveDrafts(drafts);
}

globalThis.addEventListener('pagehide', () => timer && settle());
document.addEventListener('visibilitychange', () => document.hidden && timer && settle());
globalThis.addEventListener('beforeunload', (event) => {
  if (timer) settle();
  if (ui.dirty && !store.persistent) event.preventDefault();
});

// -- Saving --------------------------------------------------------------------------------

async function save() {
  settle();
  if (!ui.loaded || ui.saving) return;
  if (ui.theirs) {
    look();
    return;
  }
  if (!ui.dirty || locked() || ui.gone) return;
  const content = form.content;
  form.checkpoint();
  ui.saving = true;
  ui.refused = '';
  form.errors([]);
  paint();
  try {
    const result = await feed.command('document.save', { document_id: id, base: ui.base.number, content });
    saved(result, content);
  } catch (refusal) {
    await refused(refusal, content);
  }
  ui.saving = false;
  settle();
  follow();
}

function saved(result, content) {
  const number = result?.head ?? now().head;
  ui.base = { number, content, author_name: data.me.name, at: feed.now() };
  ui.kept = null;
  ui.notice = '';
}

async function refused(refusal, content) {
  if (refusal.code === 'conflict' && (refusal.current?.head ?? 0) > ui.base.number) {
    await meet(refusal.current.head, content);
    return;
  }
  ui.refused = refusal.message;
  if (refusal.code === 'not_found') ui.gone = true;
  const rest = form.errors(refusal.errors);
  if (rest.length > 0) ui.refused = rest.join(' ');
}

// -- Other people --------------------------------------------------------------------------

let following = false;

// The document has moved on, or not: bring the page to where it stands.
async function follow() {
  if (!ui.loaded || ui.saving || following) return;
  if (feed.loaded && !feed.get('document', id)) ui.gone = feed.state !== 'lost';
  const known = ui.theirs?.number ?? ui.base.number;
  const { head } = now();
  if (head > known) {
    following = true;
    try {
      await meet(head, form.content);
    } finally {
      following = false;
    }
  }
  paint();
}

// Somebody's newer text and what is written here.
async function meet(number, mine) {
  let text;
  try {
    text = await readText(number);
  } catch {
    return; // the feed's next change asks again
  }
  if (same(mine, text.content)) {
    ui.base = text;
    ui.theirs = null;
  } else if (same(mine, ui.base.content)) {
    ui.base = text;
    form.content = text.content;
    ui.notice = t('newer', { author: text.author_name, number });
  } else {
    ui.theirs = text;
  }
  settle();
}

function look() {
  ui.looking = true;
  const { author_name: author, number, at } = ui.theirs;
  conflictView({
    place: place('conflict'),
    t,
    fields: data.fields,
    texts: { base: ui.base.content, mine: form.content, theirs: ui.theirs.content },
    names: { mine: t('conflict_mine'), theirs: t('conflict_theirs', { number, author, time: moment(at) }) },
    use(content) {
      ui.stash = { content: form.content, at: Date.now() };
      [ui.base, ui.theirs] = [ui.theirs, null];
      joined(content);
    },
    later,
  });
  paint();
}

// One's own text before two were joined, beside what is written now.
function lookBack() {
  ui.looking = true;
  conflictView({
    place: place('conflict'),
    t,
    fields: data.fields,
    texts: { base: form.content, mine: form.content, theirs: ui.stash.content },
    names: { mine: t('conflict_now'), theirs: t('conflict_stash') },
    use: joined,
    later,
  });
  paint();
}

function joined(content) {
  form.replace(content);
  later();
  settle();
  toast(t('joined'));
}

function later() {
  ui.looking = false;
  render(nothing, place('conflict'));
  paint();
  form.grow();
}

// -- A change in the record ------------------------------------------------------------------

const offer = mergeOffer({
  place: place('merge'),
  data,
  t,
  ask,
  async send(name, args, said) {
    ui.saving = true;
    try {
      const result = await feed.command(name, args);
      toast(said);
      return result;
    } catch (refusal) {
      toast(refusal.message, { error: true });
      return undefined;
    } finally {
      ui.saving = false;
    }
  },
  document: now,
  busy: () => ui.dirty || ui.saving,
  taken(result, content) {
    if (!ui.dirty) form.content = content;
    saved(result, content);
    settle();
  },
});

// -- The page --------------------------------------------------------------------------------

function paint() {
  const state = standing({
    ...ui,
    locked: locked(),
    live: feed.state === 'live',
  });
  const away = feed.state === 'offline';
  const words = {
    saved: ui.base ? t('saved_as', { number: ui.base.number }) : t('saved'),
    unsaved: t(away ? 'offline_unsaved' : 'unsaved'),
  };
  const look_ = { saved: 'saving-done', locked: 'saving-done', saving: 'saving-wait', waiting: 'saving-bad', unsaved: away ? 'saving-bad' : 'saving-wait' };
  if (ui.loaded) {
    const word = place('saving');
    const text = feed.state === 'signed_out' ? t('signed_out') : (words[state] ?? t(state));
    if (word.textContent !== text) word.textContent = text;
    word.className = `saving ${feed.state === 'signed_out' ? 'saving-bad' : (look_[state] ?? 'saving-bad')}`;
    word.dataset.state = state;
  }
  place('save').disabled = !(state === 'unsaved' || state === 'refused' || state === 'conflict') || locked() || ui.gone;
  place('conflict').hidden = !ui.looking;
  place('editor').hidden = !ui.loaded || ui.looking;
  const readOnly = locked() || ui.gone;
  if (form.locked !== readOnly) form.locked = readOnly;
  notices();
  offer.paint();
}

function notices() {
  const all = [];
  const line = (text, look = '', ...buttons) => all.push(html`<div class="notice ${look}"><p>${text}</p>${buttons}</div>`);
  const button = (text, does) => html`<button class="btn btn-small" type="button" @click=${does}>${text}</button>`;
  const { state, remarks } = now();
  if (ui.failed && !ui.loaded) line(t('loading_failed', { message: ui.failed }), 'notice-error', button(t('retry'), begin));
  if (feed.state === 'signed_out') line(t('signed_out'), 'notice-error', html`<a class="btn btn-small" href="/login" target="_blank" rel="noopener">${t('sign_in')}</a>`);
  if (feed.state === 'lost') line(t('removed_from'), 'notice-error');
  if (!store.persistent) line(t('not_kept'), 'notice-error');
  if (ui.gone) line(t('gone_kept'), 'notice-error');
  else if (state !== 'draft') line([t(`state_${state}`), ui.dirty ? t('state_kept') : ''].join(' '), '', html`<a class="btn btn-small" href="/meetings/${data.meeting_id}/documents/${id}">${t('to_document')}</a>`);
  if (remarks && state === 'draft') all.push(html`<div class="notice notice-error"><div><p><strong>${t('remarks')}</strong></p><p class="prose">${remarks}</p></div></div>`);
  if (ui.refused) all.push(html`<div class="notice notice-error" role="alert"><p>${ui.refused}</p></div>`);
  if (ui.theirs && !ui.looking) {
    const { author_name: author, number, at } = ui.theirs;
    line(t('theirs', { author, number, time: moment(at) }), 'notice-error', button(t('see_both'), look));
  }
  if (ui.kept && ui.dirty && !ui.theirs) line(t('restored', { time: moment(ui.kept) }), '', button(t('drop'), drop));
  if (ui.stash && !ui.looking) {
    line(t('stash', { time: moment(ui.stash.at) }), '', button(t('stash_see'), lookBack), button(t('stash_drop'), () => {
      ui.stash = null;
      settle();
    }));
  }
  if (ui.notice) {
    line(ui.notice, '', button(t('close'), () => {
      ui.notice = '';
      paint();
    }));
  }
  render(all.length > 0 ? all : nothing, place('notices'));
}

// Back to the text as it was saved; undoing brings what is dropped back as long as the page lives.
function drop() {
  const before = form.content;
  form.content = ui.base.content;
  ui.kept = null;
  settle();
  toast(t('dropped'), {
    undo() {
      form.content = before;
      settle();
    },
  });
}

// -- Toolbar and keys --------------------------------------------------------------------------

const toolbar = place('toolbar');
const tools = [...toolbar.querySelectorAll('[data-act]')];
tools[0].tabIndex = 0;

toolbar.addEventListener('pointerdown', (event) => event.preventDefault()); // the cursor stays in the text
toolbar.addEventListener('click', ({ target }) => {
  const tool = target.closest('[data-act]');
  if (tool && tool.getAttribute('aria-disabled') !== 'true' && !form.locked) form.active.act(tool.dataset.act);
});
// One stop for Tab; the arrows go along it (WAI-ARIA, pattern "toolbar").
toolbar.addEventListener('keydown', (event) => {
  const at = tools.indexOf(document.activeElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tools.length - 1 }[event.key];
  if (event.key === 'Escape') form.active.focus();
  if (to === undefined || at < 0) return;
  event.preventDefault();
  const next = tools[(to + tools.length) % tools.length];
  for (const tool of tools) tool.tabIndex = tool === next ? 0 : -1;
  next.focus();
});

let stating = false;
form.addEventListener('state', () => {
  if (stating) return;
  stating = true;
  queueMicrotask(() => {
    stating = false;
    const state = form.active.state;
    for (const tool of tools) {
      const { act } = tool.dataset;
      if (act in state) tool.setAttribute('aria-pressed', String(state[act]));
      const rows = act === 'row_add' || act === 'row_remove';
      if (rows) tool.setAttribute('aria-disabled', String(!state.cell));
      else if (act !== 'undo' && act !== 'redo' && act !== 'bold' && act !== 'italic') {
        tool.setAttribute('aria-disabled', String(state.cell));
      }
    }
  });
});

document.addEventListener('keydown', (event) => {
  const command = event.ctrlKey || event.metaKey;
  if (command && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 's') {
    event.preventDefault();
    save();
  } else if (event.altKey && event.key === 'F10') {
    event.preventDefault();
    tools.find((tool) => tool.tabIndex === 0).focus();
  }
});
place('save').addEventListener('click', save);
place('editor').addEventListener('submit', (event) => event.preventDefault());

// -- Beginning ---------------------------------------------------------------------------------

if (matchMedia('(max-width: 720px)').matches) place('fields').open = false;
place('fields').addEventListener('toggle', () => form.grow());
feed.addEventListener('change', () => follow());
feed.addEventListener('state', () => {
  if (feed.state === 'live' && !ui.loaded) begin();
  else paint();
});
feed.addEventListener('event', () => offer.look());
feed.addEventListener('missed', () => offer.look());
// What happened before the feed stood comes with its snapshot, not as an event.
feed.addEventListener('change', function first() {
  if (!feed.loaded) return;
  feed.removeEventListener('change', first);
  if (feed.revision !== data.revision) offer.look();
});
store.addEventListener('failed', paint);
begin();

// One document: as it will print, its way, and its texts. The server draws the page; this
// script keeps it as new, gives the commands, and shows what differs between texts.

import { asker } from './document-api.js';
import { element, showChanges } from './document-changes.js';
import { downloads } from './document-download.js';
import { follow } from './document-live.js';
import { mergeOffer } from './document-merge.js';
import { pageData, translator } from './lib.js';

const data = pageData();
const t = translator(data.strings);
const ask = asker(data);
const again = downloads(t);
const place = document.getElementById('document');
const here = `/documents/${data.document.id}`;
let head = data.document.head;
let state = data.document.state;

const { feed, toast, send, done, takeAnew } = follow(data, t, {
  drawn(page) {
    again();
    fold();
    const fresh = page.getElementById('document')?.dataset;
    if (!fresh) return;
    Object.assign(place.dataset, fresh);
    if (fresh.head !== String(head) || fresh.state !== state) {
      [head, state] = [Number(fresh.head), fresh.state];
      preview.src = preview.getAttribute('src'); // a new text, or no longer a draft
      choices();
    }
    offer?.look();
  },
  changed(event) {
    if (event.deleted.includes(`document/${data.document.id}`)) leave();
    else if (!event.type.startsWith('document.')) offer?.look();
  },
});

// On a phone the document comes before how it came about.
function fold() {
  const history = document.querySelector('.history-box');
  if (history && matchMedia('(max-width: 720px)').matches) history.open = false;
}
fold();

function leave() {
  toast(t('gone'), { error: true });
  setTimeout(() => location.assign(`/meetings/${data.meeting_id}/documents`), 1500);
}

// -- The sheet -----------------------------------------------------------------------------

const preview = document.getElementById('preview');

// As high as what is in it: the page scrolls, not the frame.
function fit() {
  const inside = preview.contentDocument?.documentElement;
  if (inside) preview.style.height = `${Math.max(400, inside.scrollHeight)}px`;
}
preview.addEventListener('load', fit);
globalThis.addEventListener('resize', () => {
  preview.style.height = '400px';
  fit();
});
if (preview.contentDocument?.readyState === 'complete') fit();

// -- Dialogs -------------------------------------------------------------------------------

document.addEventListener('submit', async (event) => {
  const form = event.target.closest('[data-dialog-command]');
  if (!form) return;
  event.preventDefault();
  const command = form.dataset.dialogCommand;
  const remarks = form.elements.remarks;
  if (remarks && remarks.value.trim() === '') {
    form.querySelector('.field-error').textContent = t('needs_remarks');
    remarks.focus();
    return;
  }
  const args = { document_id: data.document.id };
  if (command !== 'document.correct') args.base = head;
  if (remarks) args.remarks = remarks.value;
  const button = form.querySelector('[type="submit"]');
  button.disabled = true;
  const result = await send(command, args);
  button.disabled = false;
  // What was typed stays where the server has refused it.
  if (!result) return;
  form.reset();
  form.closest('dialog').close();
  done(command, result, form.dataset.to);
});

// The seconds run while the server works.
function counting(where, word) {
  const since = Date.now();
  const line = element('p', 'muted');
  const bar = element('progress');
  bar.setAttribute('aria-label', t(word, { seconds: '' }));
  const tick = () => {
    line.textContent = t(word, { seconds: Math.floor((Date.now() - since) / 1000) });
  };
  line.setAttribute('aria-hidden', 'true');
  tick();
  where.replaceChildren(line, bar);
  const timer = setInterval(tick, 1000);
  return () => {
    clearInterval(timer);
    where.replaceChildren();
  };
}

// -- Issuing -------------------------------------------------------------------------------

const issue = document.getElementById('issue-dialog');
const words = (trouble) => (trouble.code === 'offline' ? t('not_sent') : trouble.message);

const register = ['template', 'next'].map((name) => document.getElementById(`register-${name}`));
let shown = ['', '']; // what the register's fields held when they were read
const registerChanged = () => register.some((field, at) => field.value.trim() !== shown[at]);

async function readRegister() {
  const symbol = document.getElementById('issue-symbol');
  const [template, next] = register;
  try {
    const answer = await ask('/registers');
    const found = (answer.items ?? answer).find(({ kind }) => kind === data.document.kind);
    symbol.textContent = found.next_symbol;
    template.value = found.template;
    next.value = found.last + 1;
    shown = register.map((field) => field.value);
  } catch (trouble) {
    symbol.textContent = '…';
    document.getElementById('issue-error').textContent = words(trouble);
  }
}

if (issue) {
  const error = document.getElementById('issue-error');
  // Each time that it opens: another clerk may have taken a number since.
  new MutationObserver(() => {
    if (!issue.open) return;
    error.textContent = '';
    readRegister();
  }).observe(issue, { attributes: true, attributeFilter: ['open'] });

  document.getElementById('issue-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    if (registerChanged()) {
      // Issuing cannot be undone: not under a number that somebody was about to change.
      error.textContent = t('register_unsaved');
      document.getElementById('register-save').focus();
      return;
    }
    const button = event.target.querySelector('[type="submit"]');
    const stop = counting(document.getElementById('issue-progress'), 'issuing');
    button.disabled = true;
    error.textContent = '';
    try {
      const issued = await ask(`${here}/issue`, { method: 'POST', json: { base: head } });
      issue.close();
      toast(t('done_issue', { symbol: issued.symbol }));
      takeAnew();
    } catch (trouble) {
      error.textContent = words(trouble);
      readRegister();
      takeAnew();
    } finally {
      stop();
      button.disabled = false;
    }
  });

  const saveRegister = async () => {
    const wrong = document.getElementById('register-error');
    const [template, next] = register;
    let faulty = [];
    error.textContent = '';
    wrong.textContent = '';
    try {
      await feed.command('register.set', {
        kind: data.document.kind,
        template: template.value.trim(),
        next: Number(next.value),
      });
      toast(t('done_register'));
    } catch (refusal) {
      wrong.textContent = refusal.errors?.[0]?.message ?? refusal.message;
      faulty = (refusal.errors ?? []).map(({ field }) => `register-${field}`);
    }
    for (const field of register) field.setAttribute('aria-invalid', String(faulty.includes(field.id)));
    if (wrong.textContent === '') await readRegister();
  };
  document.getElementById('register-save').addEventListener('click', saveRegister);
  // Enter in these fields is for the register; it must not issue.
  document.getElementById('register').addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing || !register.includes(event.target)) return;
    event.preventDefault();
    saveRegister();
  });
}

// -- A signature made elsewhere --------------------------------------------------------------

document.getElementById('sign-form')?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target;
  const error = document.getElementById('sign-error');
  const file = form.elements.file.files[0];
  error.textContent = file ? '' : t('needs_file');
  if (!file) return;
  const body = new FormData();
  body.append('file', file);
  const button = form.querySelector('[type="submit"]');
  const stop = counting(document.getElementById('sign-progress'), 'checking');
  button.disabled = true;
  try {
    const answer = await ask(`${here}/signed`, { method: 'POST', form: body });
    form.reset();
    form.closest('dialog').close();
    toast(t('done_sign', { signer: answer.signer ?? '' }));
    takeAnew();
  } catch (trouble) {
    error.textContent = words(trouble);
  } finally {
    stop();
    button.disabled = false;
  }
});

// -- What differs ----------------------------------------------------------------------------

const compare = document.getElementById('compare');
const changes = document.getElementById('changes');
const [to, from] = ['compare-to', 'compare-from'].map((id) => document.getElementById(id));

// A text that was saved since can be chosen, too.
function choices() {
  if (!compare) return;
  for (const select of [to, from]) {
    for (let number = Number(select.options[0]?.value ?? 0) + 1; number <= head; number += 1) {
      select.prepend(new Option(String(number), String(number)));
    }
  }
  compare.hidden = head < 2;
}

async function show(newer, older) {
  [to.value, from.value] = [String(newer), String(older)];
  changes.replaceChildren(element('p', 'muted', t('comparing')));
  try {
    const answer = await ask(`${here}/texts/${newer}/changes?since=${older}`);
    const list = element('div');
    showChanges(list, answer.changes, data.fields, t('compare_same'));
    changes.replaceChildren(element('h3', 'changes-title', t('compare_title', { to: newer, from: older })), list);
    changes.scrollIntoView({ block: 'start' });
  } catch (trouble) {
    const message = trouble.code === 'offline' ? t('offline') : trouble.message;
    changes.replaceChildren(element('p', 'notice notice-error', t('compare_failed', { message })));
  }
}

if (compare) {
  choices();
  compare.addEventListener('submit', (event) => {
    event.preventDefault();
    show(Number(to.value), Number(from.value));
  });
  document.getElementById('texts').addEventListener('click', ({ target }) => {
    const button = target.closest('[data-compare]');
    if (button) show(Number(button.dataset.compare), Number(button.dataset.with));
  });
}

// -- A change in the record --------------------------------------------------------------------

const offer = data.leads
  ? mergeOffer({
      place: document.getElementById('merge'),
      data,
      t,
      ask,
      async send(name, args, said) {
        const result = await send(name, args);
        if (result) toast(said);
        return result;
      },
      document: () => feed.get('document', data.document.id) ?? data.document,
    })
  : null;
offer?.look();

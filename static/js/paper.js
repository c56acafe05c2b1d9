// The page that reads a paper: PDF.js page by page, one's own note, and remarks.

import { day, clock, pageData, translator, unitName } from './lib.js';
import { openPdf, pdfjs } from './pdf.js';
import { toaster } from './toasts.js';

const SAVE_AFTER_MS = 800; // of silence at the keyboard
const TRY_AGAIN_MS = 5000;

const data = pageData();
const t = translator(data.strings);
const toast = toaster(document.getElementById('toasts'), t);
const at = (id) => document.getElementById(id);
const api = `/api/v1/meetings/${data.meeting_id}`;
const own = `${api}/papers/${data.paper.id}`;

/** A request of this page's account; its body, or an Error with the server's sentence. */
async function ask(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        'Content-Type': 'application/json',
        'X-Account': String(data.me.account_id),
        'Accept-Language': data.lang,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw Object.assign(new Error(t('offline')), { offline: true });
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw Object.assign(new Error(answer.detail ?? t('offline')), {
    code: answer.code,
    current: answer.current,
    offline: response.status >= 500,
  });
}

// -- Reading ---------------------------------------------------------------------------------

let page = 1;

async function reader() {
  const library = await pdfjs();
  const [stage, sheet, canvas, text] = ['stage', 'sheet', 'canvas', 'text'].map(at);
  const { pages } = data.paper;
  let zoom = 1; // of the width that fits
  let pdf = null;
  let drawing = null; // what is being drawn, to be stopped by what comes after it
  let turn = 0;

  const linked = /^#page=(\d+)$/.exec(location.hash);
  if (linked) page = Math.min(Math.max(Number(linked[1]), 1), pages);

  function say(words, retry = null) {
    const wait = at('wait');
    wait.replaceChildren(words);
    wait.hidden = words === '';
    if (!retry) return;
    const button = Object.assign(document.createElement('button'), {
      type: 'button',
      className: 'btn',
      textContent: t('retry'),
    });
    button.addEventListener('click', retry);
    wait.append(' ', button);
  }

  async function load() {
    say(t('loading'));
    const task = openPdf(library, data.paper.file, data.me.account_id);
    task.onProgress = ({ loaded, total }) => {
      if (pdf === null && total > 0) {
        say(t('loading_part', { part: `${Math.min(100, Math.round((loaded / total) * 100))}%` }));
      }
    };
    try {
      pdf = await task.promise;
    } catch (error) {
      pdf = null;
      const broken = error?.name === 'InvalidPDFException';
      say(t(broken ? 'broken' : 'failed'), broken ? null : load);
      return;
    }
    at('tools').hidden = false;
    draw();
  }

  async function draw() {
    turn += 1;
    const mine = turn;
    drawing?.cancel();
    controls();
    let sheetOf;
    try {
      sheetOf = await pdf.getPage(page);
      if (mine !== turn) return;
      const width = sheetOf.getViewport({ scale: 1 }).width;
      const room = stage.clientWidth - 2;
      const viewport = sheetOf.getViewport({ scale: (room / width) * zoom });
      const ratio = Math.min(window.devicePixelRatio || 1, 2.5);
      const fresh = document.createElement('canvas');
      fresh.width = Math.floor(viewport.width * ratio);
      fresh.height = Math.floor(viewport.height * ratio);
      drawing = sheetOf.render({
        canvas: fresh,
        viewport,
        transform: ratio === 1 ? null : [ratio, 0, 0, ratio, 0, 0],
      });
      await drawing.promise;
      if (mine !== turn) return;
      // Shown when it is whole: the page before stays until then.
      canvas.width = fresh.width;
      canvas.height = fresh.height;
      canvas.getContext('2d').drawImage(fresh, 0, 0);
      for (const each of [canvas, sheet]) {
        each.style.width = `${viewport.width}px`;
        each.style.height = `${viewport.height}px`;
      }
      sheet.style.setProperty('--total-scale-factor', String(viewport.scale));
      sheet.style.setProperty('--scale-factor', String(viewport.scale));
      text.replaceChildren();
      sheet.hidden = false;
      say('');
      sheet.dataset.page = String(page);
      await new library.TextLayer({
        textContentSource: sheetOf.streamTextContent(),
        container: text,
        viewport,
      }).render();
    } catch (error) {
      if (error?.name === 'RenderingCancelledException' || mine !== turn) return;
      const offline = !navigator.onLine || /fetch|network|response/i.test(String(error?.message));
      say(t(offline ? 'failed' : 'broken'), offline ? draw : null);
    }
  }

  function controls() {
    at('page').value = String(page);
    at('previous').disabled = page === 1;
    at('next').disabled = page === pages;
    at('smaller').disabled = zoom <= 0.5;
    at('larger').disabled = zoom >= 4;
    at('stage').setAttribute('aria-label', t('page_of', { page, pages }));
  }

  function go(to) {
    const wanted = Math.min(Math.max(to, 1), pages);
    if (wanted === page || pdf === null) {
      at('page').value = String(page);
      return;
    }
    page = wanted;
    history.replaceState(null, '', `#page=${page}`);
    stage.scrollTo(0, 0);
    draw();
  }

  function size(to) {
    zoom = Math.min(Math.max(to, 0.5), 4);
    draw();
  }

  at('previous').addEventListener('click', () => go(page - 1));
  at('next').addEventListener('click', () => go(page + 1));
  at('smaller').addEventListener('click', () => size(zoom / 1.25));
  at('larger').addEventListener('click', () => size(zoom * 1.25));
  at('fit').addEventListener('click', () => size(1));
  at('page').addEventListener('change', () => go(Math.round(Number(at('page').value)) || page));
  at('go').addEventListener('submit', (event) => {
    event.preventDefault();
    go(Math.round(Number(at('page').value)) || page);
  });
  const keys = {
    ArrowLeft: () => go(page - 1),
    PageUp: () => go(page - 1),
    ArrowRight: () => go(page + 1),
    PageDown: () => go(page + 1),
    Home: () => go(1),
    End: () => go(pages),
    '+': () => size(zoom * 1.25),
    '=': () => size(zoom * 1.25),
    '-': () => size(zoom / 1.25),
    0: () => size(1),
  };
  document.addEventListener('keydown', (event) => {
    if (pdf === null || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest('input, textarea, select')) return;
    // A sheet that is wider than its place is moved by the arrows.
    const wide = stage.scrollWidth > stage.clientWidth + 1;
    if (wide && event.key.startsWith('Arrow')) return;
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  // A swipe turns the page, where it does not move the sheet.
  let touch = null;
  stage.addEventListener('touchstart', (event) => {
    touch = event.touches.length === 1 ? event.touches[0] : null;
  }, { passive: true });
  stage.addEventListener('touchend', (event) => {
    if (!touch || stage.scrollWidth > stage.clientWidth + 1) return;
    const x = event.changedTouches[0].clientX - touch.clientX;
    const y = event.changedTouches[0].clientY - touch.clientY;
    touch = null;
    if (Math.abs(x) > 60 && Math.abs(x) > 2 * Math.abs(y)) go(page + (x < 0 ? 1 : -1));
  }, { passive: true });
  let width = stage.clientWidth;
  new ResizeObserver(() => {
    if (pdf === null || Math.abs(stage.clientWidth - width) < 4) return;
    width = stage.clientWidth;
    draw();
  }).observe(stage);
  globalThis.addEventListener('online', () => {
    if (pdf === null && !at('wait').hidden) load();
  });

  controls();
  await load();
}

// -- The big screen --------------------------------------------------------------------------

const toScreen = at('to-screen');
if (toScreen) {
  toScreen.hidden = false;
  toScreen.addEventListener('click', async () => {
    toScreen.disabled = true;
    const args = { what: 'paper', ref: data.paper.id };
    if (data.paper.pdf) args.page = page;
    try {
      await ask('POST', `${api}/commands`, { name: 'screen.show', args });
      toast(t(data.paper.pdf ? 'on_screen' : 'on_screen_whole', { page }));
    } catch (error) {
      toast(error.message, { error: true });
    }
    toScreen.disabled = false;
  });
}

// -- One's own note --------------------------------------------------------------------------

function note() {
  const field = at('note');
  const state = at('note-state');
  const conflict = at('note-conflict');
  let revision = 0;
  let saved = '';
  let other = null; // what another window has saved
  let timer = null;
  let saving = false;

  async function save() {
    clearTimeout(timer);
    if (saving || other || field.value === saved) return;
    saving = true;
    const text = field.value;
    state.textContent = t('note_saving');
    try {
      const answer = await ask('PUT', `${own}/note`, { text, base_revision: revision });
      ({ revision } = answer);
      saved = text;
      state.textContent = t('note_saved');
    } catch (error) {
      if (error.code === 'conflict') {
        other = error.current;
        at('note-other').textContent = other.text;
        conflict.hidden = false;
        state.textContent = error.message;
      } else {
        state.textContent = error.offline ? t('note_waits') : error.message;
        if (error.offline) timer = setTimeout(save, TRY_AGAIN_MS);
      }
    }
    saving = false;
    if (!other && field.value !== saved && state.textContent === t('note_saved')) save();
  }

  function settle(text) {
    ({ revision } = other);
    saved = other.text;
    other = null;
    conflict.hidden = true;
    field.value = text;
    state.textContent = t('note_saved');
    save();
  }

  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  });
  field.addEventListener('blur', save);
  at('note-mine').addEventListener('click', () => settle(field.value));
  at('note-theirs').addEventListener('click', () => settle(other.text));
  globalThis.addEventListener('beforeunload', (event) => {
    if (!field.disabled && field.value !== saved) event.preventDefault();
  });

  async function load() {
    try {
      const answer = await ask('GET', `${own}/note`);
      ({ revision } = answer);
      saved = answer.text;
      field.value = answer.text;
      field.disabled = false;
      state.textContent = '';
    } catch (error) {
      state.textContent = error.message;
      if (error.offline) setTimeout(load, TRY_AGAIN_MS);
    }
  }
  load();
}

// -- Remarks ---------------------------------------------------------------------------------

function remarks() {
  const list = at('remarks');
  const form = at('remark-form');

  function element(tag, className, ...children) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  async function draw() {
    let objects;
    try {
      ({ objects } = await ask('GET', `${api}/snapshot`));
    } catch {
      return; // what stands stays
    }
    const found = Object.entries(objects)
      .filter(([key, one]) => key.startsWith('remark/') && one.paper_id === data.paper.id)
      .map(([, one]) => one)
      .sort((one, two) => one.id - two.id);
    list.replaceChildren(...found.map((one) => {
      const about = [
        objects[`person/${one.person_id}`]?.name,
        `${clock(one.at)} ${day(one.at)}`,
        one.page ? t('page_n', { n: one.page }) : '',
      ].filter(Boolean).join(' · ');
      const head = element('p', '', element('strong', '', unitName(objects[`unit/${one.unit_id}`])), ' ',
        element('span', 'muted small', about));
      if (form && one.person_id === data.me.person_id) {
        const button = element('button', 'btn btn-quiet btn-small', t('remark_remove'));
        button.type = 'button';
        button.addEventListener('click', () => remove(one));
        head.append(' ', button);
      }
      return element('li', 'remark', head, element('p', 'prose', one.text));
    }));
    if (found.length === 0) list.replaceChildren(element('li', 'quiet', t('remark_empty')));
  }

  const add = (text, on) => {
    const body = { paper_id: data.paper.id, text };
    if (on) body.page = on;
    return ask('POST', `${api}/remarks`, body);
  };

  async function remove(one) {
    try {
      await ask('DELETE', `${api}/remarks/${one.id}`);
      toast(t('remark_removed'), { undo: () => add(one.text, one.page).then(draw) });
    } catch (error) {
      toast(error.message, { error: true });
    }
    draw();
  }

  form?.addEventListener('submit', async (event) => {
    event.preventDefault();
    const field = at('remark');
    const wrong = at('remark-error');
    const button = form.querySelector('[type=submit]');
    wrong.hidden = true;
    button.disabled = true;
    try {
      await add(field.value, at('remark-page')?.checked ? page : null);
      field.value = '';
      await draw();
    } catch (error) {
      wrong.textContent = error.message;
      wrong.hidden = false;
    }
    button.disabled = false;
  });
  draw();
}

note();
remarks();
if (data.paper.pdf) reader();

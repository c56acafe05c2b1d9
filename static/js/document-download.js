// Downloading a document: it may have to be made first, which takes seconds, so say so. Without
// this script the links download just the same.

import { html, render } from '/static/vendor/lit-html/lit-html.js';

/** @param {(key: string, values?: object) => string} t the page's words */
export function downloads(t) {
  const shown = new Map(); // kind → what stands below its links

  function show(kind, what) {
    shown.set(kind, what);
    const place = document.getElementById(`download-${kind}`);
    if (place) render(what, place);
  }

  async function download(link) {
    if (link.getAttribute('aria-disabled') === 'true') return;
    const kind = link.dataset.download;
    const since = Date.now();
    const tick = () => {
      const seconds = Math.floor((Date.now() - since) / 1000);
      // The number runs for the eye alone; a screen reader hears beginning and end.
      show(kind, html`<p class="muted"><span aria-hidden="true">${t('making', { seconds })}</span></p>
        <progress aria-label=${t('making', { seconds: '' })}></progress>`);
    };
    link.setAttribute('aria-disabled', 'true');
    tick();
    const timer = setInterval(tick, 1000);
    try {
      const response = await fetch(link.href, { credentials: 'same-origin' });
      if (!response.ok) throw new Error(await reason(response));
      const file = await response.blob();
      const name = filename(response) ?? link.pathname.split('/').pop();
      save(file, name);
      clearInterval(timer);
      const size = Math.max(1, Math.round(file.size / 1000));
      show(kind, html`<p class="done">${t('done', { name, size })}</p>`);
    } catch (error) {
      clearInterval(timer);
      const message = error instanceof TypeError ? t('offline') : error.message;
      show(kind, html`<p class="notice notice-error" role="alert"><span>${t('failed', { message })}</span>
        <button class="btn btn-small" type="button" @click=${() => download(link)}>${t('retry')}</button></p>`);
    } finally {
      link.removeAttribute('aria-disabled');
    }
  }

  document.addEventListener('click', (event) => {
    const link = event.target.closest('[data-download]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    download(link);
  });

  /** The page's parts were drawn anew: show again what was there. */
  return () => {
    for (const [kind, what] of shown) show(kind, what);
  };
}

async function reason(response) {
  try {
    return (await response.json()).detail;
  } catch {
    return `HTTP ${response.status}`;
  }
}

function filename(response) {
  const header = response.headers.get('Content-Disposition') ?? '';
  return /filename="?([^";]+)"?/.exec(header)?.[1];
}

function save(file, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser reads the address after the click; a minute is more than it needs.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

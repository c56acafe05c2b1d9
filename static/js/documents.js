// Downloading a document: it is made on asking, which takes seconds, so say so. Without
// this script the links download just the same.

import { html, render } from '/static/vendor/lit-html/lit-html.js';
import { pageData, translator } from './lib.js';

const t = translator(pageData().strings);

async function download(link) {
  if (link.getAttribute('aria-disabled') === 'true') return;
  const place = document.getElementById(`download-${link.dataset.download}`);
  const since = Date.now();
  const tick = () => {
    const seconds = Math.floor((Date.now() - since) / 1000);
    // The number runs for the eye alone; a screen reader hears beginning and end.
    render(html`<p class="muted"><span aria-hidden="true">${t('making', { seconds })}</span></p>
      <progress aria-label=${t('making', { seconds: '' })}></progress>`, place);
  };
  link.setAttribute('aria-disabled', 'true');
  tick();
  const timer = setInterval(tick, 1000);
  try {
    const response = await fetch(link.href, { credentials: 'same-origin' });
    if (!response.ok) throw new Error(await reason(response));
    const file = await response.blob();
    const name = filename(response) ?? `${link.dataset.download}.pdf`;
    save(file, name);
    clearInterval(timer);
    const size = Math.max(1, Math.round(file.size / 1000));
    render(html`<p class="done">${t('done', { name, size })}</p>`, place);
  } catch (error) {
    clearInterval(timer);
    const message = error instanceof TypeError ? t('offline') : error.message;
    render(html`<p class="notice notice-error" role="alert"><span>${t('failed', { message })}</span>
      <button class="btn btn-small" type="button" @click=${() => download(link)}>${t('retry')}</button></p>`, place);
  } finally {
    link.removeAttribute('aria-disabled');
  }
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

for (const link of document.querySelectorAll('[data-download]')) {
  link.addEventListener('click', (event) => {
    event.preventDefault();
    download(link);
  });
}

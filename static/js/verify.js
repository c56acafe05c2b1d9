// Is this file the issued document? Where the browser can hash (a secure page), the file never
// leaves the reader's machine. Elsewhere, and without this script, the form sends it.

import { html, render } from '/static/vendor/lit-html/lit-html.js';
import { pageData, translator } from './lib.js';

const data = pageData();
const t = translator(data.strings);
const form = document.querySelector('.drop');
const field = form.querySelector('input[type=file]');
const place = document.getElementById('result');

function verdict(sha256) {
  if (sha256 === data.issued) return 'issued';
  return data.signed.includes(sha256) ? 'signed' : 'other';
}

async function hashed(file) {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

let latest = 0;

async function look(file) {
  latest += 1;
  const mine = latest;
  const show = (content) => mine === latest && render(content, place);
  show(html`<p class="muted">${t('reading', { name: file.name })}</p>`);
  try {
    const found = verdict(await hashed(file));
    const [title, words] = data.results[found];
    show(html`<p class="verdict verdict-${found}"><strong>${title}</strong>
      <span class="name">${file.name}</span><span>${words}</span></p>`);
  } catch {
    // The file is gone, or too large for the browser's memory.
    show(html`<p class="notice notice-error" role="alert">${t('failed')}</p>`);
  }
}

if (globalThis.isSecureContext && globalThis.crypto?.subtle) {
  // lit-html draws beside what it finds.
  place.replaceChildren();
  document.getElementById('file-hint').textContent = t('hint');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (field.files.length > 0) look(field.files[0]);
  });
  field.addEventListener('change', () => field.files.length > 0 && look(field.files[0]));
}

const over = (on) => (event) => {
  event.preventDefault();
  form.classList.toggle('drop-over', on);
};
form.addEventListener('dragover', over(true));
form.addEventListener('dragleave', over(false));
form.addEventListener('drop', (event) => {
  over(false)(event);
  if (event.dataTransfer.files.length === 0) return;
  field.files = event.dataTransfer.files;
  field.dispatchEvent(new Event('change'));
});

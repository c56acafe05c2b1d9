// What plain forms gain from a script: they are sent once, a long list narrows while one
// types, a password can be looked at. Without it they work all the same.

import { fits, fold } from './lib.js';

// A double click sends once; the page that comes back, by whatever way, works again.
for (const form of document.querySelectorAll('form[data-once]')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
  });
  globalThis.addEventListener('pageshow', () => delete form.dataset.sent);
}

for (const filter of document.querySelectorAll('[data-filter]')) {
  const rows = [...document.querySelectorAll(`#${filter.dataset.filter} > li`)];
  filter.hidden = false;
  filter.addEventListener('input', () => {
    const words = fold(filter.value);
    for (const row of rows) {
      // What is ticked stays in sight.
      const ticked = row.querySelector(':checked') !== null;
      row.hidden = words !== '' && !ticked && fits(row.textContent, words) === 0;
    }
  });
  filter.addEventListener('keydown', (event) => {
    // Enter in the filter must not send the form.
    if (event.key === 'Enter') event.preventDefault();
  });
}

for (const button of document.querySelectorAll('[data-shows]')) {
  const field = document.getElementById(button.dataset.shows);
  button.hidden = false;
  button.addEventListener('click', () => {
    const shown = field.type === 'text';
    field.type = shown ? 'password' : 'text';
    button.setAttribute('aria-pressed', String(!shown));
    field.focus();
  });
}

for (const note of document.querySelectorAll('[data-caps]')) {
  const field = document.getElementById(note.dataset.caps);
  const look = (event) => {
    note.hidden = !event.getModifierState?.('CapsLock');
  };
  field.addEventListener('keydown', look);
  field.addEventListener('keyup', look);
}

for (const words of document.querySelectorAll('[data-says]')) {
  const [day, start, end] = words.htmlFor.value.split(' ').map((id) => document.getElementById(id));
  const format = new Intl.DateTimeFormat(words.dataset.lang === 'en' ? 'en-GB' : 'vi-VN', {
    weekday: 'long', day: '2-digit', month: '2-digit', year: 'numeric', timeZone: 'UTC',
  });
  const say = () => {
    const chosen = day.value && new Date(`${day.value}T00:00Z`);
    const from = [start.value, end.value].filter(Boolean).join(' – ');
    words.textContent = chosen ? [format.format(chosen), from].filter(Boolean).join(', ') : '';
  };
  for (const field of [day, start, end]) field.addEventListener('input', say);
  say();
}

// The first field that is wrong is where one goes on.
document.querySelector('[aria-invalid="true"]')?.focus();

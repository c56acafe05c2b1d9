// A form that is sent after the session has ended is not lost: this window keeps what was sent,
// and when its writer has signed in again the form's page shows it once more, not yet saved.

const KEY = 'sent-form';
const NEVER = ['password', 'file', 'submit', 'button', 'image', 'reset'];

// The sign-in page says by `expired` in its address that it stands in place of an answer. Only
// what it stands in for is filled in, and only for the account that wrote it.
const { reader } = document.body.dataset;
const kept = read();
if (!reader) {
  const expired = new URLSearchParams(location.search).has('expired');
  if (kept && expired) write({ ...kept, late: true });
  for (const note of document.querySelectorAll('#kept')) note.hidden = !(kept && expired);
} else {
  if (kept?.late && kept.reader === reader) fillAgain(kept);
  else write(null);
  for (const form of document.querySelectorAll('form[method="post"]')) {
    form.addEventListener('submit', () => keep(form));
  }
}

function keep(form) {
  const fields = fieldsOf(form).map(({ name, type, value, checked }) => ({ name, type, value, checked }));
  write(fields.length > 0 ? { reader, action: actionOf(form), fields } : null);
}

function actionOf(form) {
  return form.getAttribute('action') ?? location.pathname;
}

function fieldsOf(form) {
  // A password that is being looked at is a field of text.
  const secret = ({ autocomplete }) => autocomplete?.includes('password');
  return [...form.elements].filter(
    (field) => field.name && field.type && !NEVER.includes(field.type) && !secret(field),
  );
}

function fillAgain({ action, fields }) {
  const form = [...document.querySelectorAll('form[method="post"]')].find(
    (one) => actionOf(one) === action,
  );
  // Its page may be visited later.
  if (!form) return;
  const ticks = (type) => type === 'checkbox' || type === 'radio';
  for (const field of fieldsOf(form)) {
    const sent = fields.find(({ name, type, value }) =>
      name === field.name && type === field.type && (!ticks(type) || value === field.value));
    if (!sent) continue;
    if (ticks(field.type)) field.checked = sent.checked;
    else field.value = sent.value;
    const within = sent.checked && field.closest('details');
    if (within) within.open = true;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  document.getElementById('filled-again').hidden = false;
  write(null);
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null; // the browser keeps nothing
  }
}

function write(value) {
  try {
    if (value) sessionStorage.setItem(KEY, JSON.stringify(value));
    else sessionStorage.removeItem(KEY);
  } catch {
    // No room, or not allowed: then the sign-in page promises nothing.
  }
}

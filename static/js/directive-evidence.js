// Evidence is uploaded as soon as it is chosen, file by file with its progress, so that the report
// itself is sent in an instant. Without this script the files go with the form.

import { upload } from './upload.js';

const MOST = 10;
const page = JSON.parse(document.getElementById('page-data').textContent);
const chooser = document.getElementById('report-files');
const kept = document.getElementById('report-kept');
const wrong = document.getElementById('report-files-error');
const said = document.getElementById('said');
const { strings } = page;
let underway = 0;

const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

chooser.addEventListener('change', take);
// Somebody was quicker than this script.
if (chooser.files.length > 0) take();

function take() {
  const files = [...chooser.files];
  chooser.value = '';
  fault('');
  if (kept.children.length + files.length > MOST) {
    fault(fill(strings.most, { most: MOST }));
    return;
  }
  for (const file of files) send(file);
}

chooser.form.addEventListener('submit', (event) => {
  if (underway === 0) return;
  event.preventDefault();
  delete chooser.form.dataset.sent;
  fault(strings.wait);
});

async function send(file) {
  const row = document.createElement('li');
  const words = document.createElement('span');
  const bar = document.createElement('progress');
  bar.max = 1;
  row.append(words, bar);
  kept.append(row);
  const progress = (part) => {
    bar.value = part;
    words.textContent = fill(strings.sending, { name: file.name, percent: Math.round(part * 100) });
  };
  progress(0);
  underway += 1;
  try {
    const { me, lang, meeting_id: meetingId } = page;
    const options = { account: me.account_id, lang, offline: strings.offline, progress };
    const { sha256, filename } = await upload(meetingId, file, options);
    row.replaceChildren(tick(sha256, filename));
    said.textContent = fill(strings.sent, { name: filename });
  } catch (error) {
    row.remove();
    fault(`${file.name}: ${error.message}`);
  } finally {
    underway -= 1;
  }
}

function tick(sha256, filename) {
  const label = document.createElement('label');
  const box = document.createElement('input');
  label.className = 'check';
  Object.assign(box, { type: 'checkbox', name: 'files', value: sha256, checked: true });
  const name = document.createElement('span');
  name.textContent = filename;
  label.append(box, name);
  return label;
}

function fault(words) {
  wrong.textContent = words;
  chooser.toggleAttribute('aria-invalid', words !== '');
  if (words) chooser.setAttribute('aria-invalid', 'true');
}

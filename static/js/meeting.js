// A meeting's own page until it ends. Readers see the server's page, taken anew whenever
// the feed tells of a change; the chair and the secretary get the agenda and the list of
// people as something to change, drawn from the feed.

import { BLIP_MS, Feed } from './feed.js';
import { pageData, translator } from './lib.js';
import { agendaEditor } from './meeting-agenda.js';
import { papersSection } from './meeting-papers.js';
import { peopleEditor } from './meeting-people.js';
import { toaster } from './toasts.js';

const TAKE_ANEW_MS = 300; // several changes in a row are one look at the server

const data = pageData();
const t = translator(data.strings);
const feed = new Feed({ meetingId: data.meeting_id, account: data.me.account_id });
const toast = toaster(document.getElementById('toasts'), t);
const said = document.getElementById('said');

const context = {
  feed,
  t,
  data,
  toast,
  /** Told to screen readers alone. */
  say(text) {
    said.textContent = text;
  },
  /** A command whose refusal is shown; undefined then. */
  async send(name, args) {
    try {
      return await feed.command(name, args);
    } catch (error) {
      toast(error.message, { error: true });
      return undefined;
    }
  },
};

const editors = data.edits ? [agendaEditor(context), peopleEditor(context)] : [];
editors.push(papersSection(context));
// Parts of the server's page that are taken anew.
const fresh = data.edits
  ? ['meeting-head']
  : ['meeting-head', 'agenda', 'agenda-sum', 'people', 'people-sum'];

let timer = null;
function takeAnew() {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    let page;
    try {
      const response = await fetch(location.pathname, { credentials: 'same-origin' });
      if (!response.ok) return;
      page = new DOMParser().parseFromString(await response.text(), 'text/html');
    } catch {
      return; // the feed tells of the next change, and comes back by itself
    }
    for (const id of fresh) {
      const [mine, theirs] = [document.getElementById(id), page.getElementById(id)];
      if (mine && theirs && mine.innerHTML !== theirs.innerHTML) {
        mine.innerHTML = theirs.innerHTML;
      }
    }
    reveal();
  }, TAKE_ANEW_MS);
}

// What needs this script is hidden until it is here.
function reveal() {
  for (const button of document.querySelectorAll('[data-command], [data-opens]')) {
    button.hidden = false;
  }
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-command], [data-opens]');
  if (!button) return;
  if (button.dataset.opens) {
    document.getElementById(button.dataset.opens).dispatchEvent(new CustomEvent('ask'));
  } else {
    button.disabled = true;
    context.send(button.dataset.command, {}).finally(() => {
      button.disabled = false;
    });
  }
});

const cancel = document.getElementById('cancel-dialog');
cancel?.addEventListener('ask', () => {
  cancel.returnValue = '';
  cancel.showModal();
});
cancel?.addEventListener('close', () => {
  if (cancel.returnValue !== 'cancel') return;
  const reason = document.getElementById('cancel-reason').value;
  context.send('meeting.cancel', { reason });
});

// -- The feed ------------------------------------------------------------------------------

const drawn = document.getElementById('meeting-head').dataset.state;
let role = null; // the reader's when the page was drawn
feed.addEventListener('change', () => {
  if (!feed.loaded || !feed.meeting) return;
  const mine = feed.all('participant').find((one) => one.person_id === data.me.person_id);
  role ??= mine?.role;
  // Another role, or the end of the meeting, makes it another page.
  if ((mine && mine.role !== role) || ended(feed.meeting.state) !== ended(drawn)) {
    location.reload();
    return;
  }
  for (const editor of editors) editor.draw();
});

const ended = (state) => state === 'closed' || state === 'archived';

feed.addEventListener('event', ({ detail }) => {
  if (fresh.length > 1 || detail.type.startsWith('meeting.') || detail.type.startsWith('participant.')) {
    takeAnew();
  }
});

feed.addEventListener('removed', () => toast(t('removed_from'), { error: true }));

let blip = null;
feed.addEventListener('state', ({ detail: state }) => {
  clearTimeout(blip);
  if (state === 'signed_out') toast(t('signed_out'), { error: true });
  if (state === 'offline' && data.edits) {
    blip = setTimeout(() => toast(t('offline'), { error: true }), BLIP_MS);
  }
});

reveal();

// What the pages of documents share: they follow the meeting, take the server's parts of the
// page anew when a document has changed, and give the commands that buttons name.

import { BLIP_MS, Feed } from './feed.js';
import { toaster } from './toasts.js';

const TAKE_ANEW_MS = 150; // several changes in a row are one look at the server

/**
 * @param {object} data the page's data; `fresh`: the ids of what is taken anew
 * @param {Function} t the page's words
 * @param {{drawn?: () => void, changed?: (event: object) => void}} [on] after parts were taken
 *   anew; for every event of the meeting
 * @returns {{feed: Feed, toast: Function, send: Function, takeAnew: Function}}
 */
export function follow(data, t, { drawn = () => {}, changed = () => {} } = {}) {
  const feed = new Feed({ meetingId: data.meeting_id, account: data.me.account_id });
  // The parts as the server drew them: one that is the same is left alone, with what has the focus.
  const drew = new Map(data.fresh.map((id) => [id, document.getElementById(id)?.innerHTML]));
  const toast = toaster(document.getElementById('toasts'), t);

  /** A command whose refusal is shown; undefined then. */
  async function send(name, args) {
    const waits = setTimeout(() => toast(t('lost'), { error: true }), BLIP_MS);
    try {
      return (await feed.command(name, args)) ?? {};
    } catch (error) {
      toast(error.message, { error: true });
      takeAnew();
      return undefined;
    } finally {
      clearTimeout(waits);
    }
  }

  let timer = null;
  function takeAnew() {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      let page;
      try {
        const response = await fetch(location.href, { credentials: 'same-origin' });
        if (!response.ok) return;
        page = new DOMParser().parseFromString(await response.text(), 'text/html');
      } catch {
        return; // the feed tells of the next change, and comes back by itself
      }
      const had = document.activeElement?.dataset.command ?? document.activeElement?.dataset.opens;
      for (const id of data.fresh) {
        const [mine, theirs] = [document.getElementById(id), page.getElementById(id)];
        if (!mine || !theirs) continue;
        if (drew.get(id) === theirs.innerHTML) continue;
        drew.set(id, theirs.innerHTML);
        mine.replaceChildren(...theirs.childNodes);
      }
      reveal();
      drawn(page);
      // Where the button is gone that was pressed, the keyboard goes on at the next step.
      if (had && document.activeElement === document.body) {
        document.querySelector('[data-command], [data-opens], .document-actions a')?.focus();
      }
    }, TAKE_ANEW_MS);
  }

  // What needs this script is hidden until it is here.
  function reveal() {
    for (const each of document.querySelectorAll('[data-command], [data-opens], [data-compare]')) {
      each.hidden = false;
    }
  }

  async function press(button) {
    if (button.disabled) return;
    const { command, args, to } = button.dataset;
    button.disabled = true;
    const result = await send(command, JSON.parse(args));
    button.disabled = false;
    if (result) done(command, result, to);
  }

  /** A command was accepted: go where it leads, or say so. */
  function done(command, result, to) {
    if (to) {
      location.assign(to.replace('{id}', result.id));
      return;
    }
    const key = `done_${command.split('.')[1]}`;
    if (t(key) !== key) toast(t(key));
  }

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-command], [data-opens], [data-closes]');
    if (!button) return;
    if (button.dataset.opens) document.getElementById(button.dataset.opens).showModal();
    else if (button.dataset.command) press(button);
    else button.closest('dialog').close();
  });

  feed.addEventListener('event', ({ detail }) => {
    if (/^(document|meeting|participant)\./.test(detail.type)) takeAnew();
    changed(detail);
  });
  // What a snapshot has brought may be newer than the page.
  let loaded = false;
  feed.addEventListener('change', () => {
    if (loaded || !feed.loaded) return;
    loaded = true;
    document.body.dataset.live = 'yes';
    if (feed.revision !== data.revision) takeAnew();
  });
  feed.addEventListener('missed', () => takeAnew());
  feed.addEventListener('removed', () => toast(t('removed_from'), { error: true }));
  // What stands here may have changed meanwhile: that is said for as long as it may be so.
  const away = document.getElementById('away');
  let blip = null;
  feed.addEventListener('state', ({ detail: state }) => {
    clearTimeout(blip);
    if (state === 'signed_out') toast(t('signed_out'), { error: true });
    if (state === 'live') away.hidden = true;
    else blip = setTimeout(() => (away.hidden = false), BLIP_MS);
  });
  reveal();
  return { feed, toast, send, done, takeAnew };
}

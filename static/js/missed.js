// "Bạn đã lỡ 3 thay đổi": what has happened while the page was out of touch. A quiet line that
// opens into a list; one's own changes are no news.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { clock } from './lib.js';

const SHOWN = 20;
const QUOTED = 120; // characters of a text

/**
 * @param {object} options
 * @param {import('./feed.js').Feed} options.feed
 * @param {(key: string, values?: object) => string} options.t the page's words: `missed…`, see
 *   templates/agenda/_missed.html
 * @param {{person_id: ?number}} options.me the reader
 * @param {() => void} options.changed called when there is something else to show
 * @returns {() => object} what to render
 */
export function missedNotice({ feed, t, me, changed }) {
  let events = [];
  let more = 0;

  feed.addEventListener('missed', ({ detail }) => {
    events.push(...detail.events.filter((event) => isNews(event, me)));
    more += detail.more;
    if (events.length + more > 0) changed();
  });

  const dismiss = () => {
    events = [];
    more = 0;
    changed();
  };

  return () => {
    const count = events.length + more;
    const shown = events.slice(-SHOWN);
    const rest = events.length - shown.length;
    // The region is there from the start, so that screen readers watch it.
    return html`
      <div class="missed" ?hidden=${count === 0}>
        <p role="status" class="missed-count">${count === 0 ? nothing : more > 0
          ? t('missed_anew', { n: count })
          : t('missed', { n: count })}</p>
        ${shown.length === 0
          ? nothing
          : html`<details class="missed-list">
              <summary>${t('missed_show')}</summary>
              <ol>${shown.map((event) => row(feed, t, event))}</ol>
              ${rest > 0 ? html`<p class="muted">${t('missed_more', { n: rest })}</p>` : nothing}
            </details>`}
        <button type="button" class="btn btn-quiet btn-small btn-icon" aria-label=${t('missed_dismiss')}
          @click=${dismiss}>×</button>
      </div>`;
  };
}

// What the reader may not see has nothing to tell; what the reader did is known.
function isNews({ actor, changed = {}, deleted = [] }, me) {
  const own = me.person_id !== null && actor?.person_id === me.person_id;
  return !own && Object.keys(changed).length + deleted.length > 0;
}

function row(feed, t, event) {
  const known = t(`missed_${event.type}`);
  const what = known === `missed_${event.type}` ? t('missed_other') : known;
  const about = subject(feed, event);
  return html`<li><time class="num muted" datetime=${event.at}>${clock(event.at)}</time>
    <span><b>${event.actor?.name ?? ''}</b> ${what}${about ? html`: <q>${about}</q>` : nothing}</span></li>`;
}

/** What a change was about, in the words of the object that it changed. */
export function subject(feed, { type, changed = {} }) {
  const of = (kind) => Object.entries(changed)
    .filter(([key]) => key.startsWith(`${kind}/`))
    .map(([, object]) => object);
  const [domain] = type.split('.');
  let text = '';
  if (domain === 'agenda') {
    const items = of('agenda_item');
    text = (items.find(({ state }) => state === 'current') ?? items[0])?.title;
  } else if (domain === 'attendance' || domain === 'participant') {
    const [one] = of(domain);
    text = feed.get('person', one?.person_id)?.name;
  } else {
    text = Object.values(changed).find((object) => object.text)?.text;
  }
  if (!text) return '';
  return text.length > QUOTED ? `${text.slice(0, QUOTED).trimEnd()}…` : text;
}

// Which sites (điểm cầu) are connected now, and what they have missed.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { clock, day, unitName } from './lib.js';

const QUIET_MS = 3000; // a shorter break of our own connection leaves the figures standing

let newest = null;

/** Keep what the server tells of presence. */
export function follow(c) {
  c.feed.addEventListener('presence', ({ detail }) => {
    if (newest && Date.parse(detail.at) < Date.parse(newest.at)) return;
    newest = detail;
    c.update();
  });
}

/** `7/8`; without a connection of our own nobody knows how many. */
export function sitesConnected(c) {
  const { offlineSince } = c.ui;
  if (!newest || (offlineSince && Date.now() - offlineSince > QUIET_MS)) {
    return `–/${newest?.sites_total ?? '–'}`;
  }
  return `${newest.sites_connected}/${newest.sites_total}`;
}

function when(c, moment) {
  return day(moment) === day(c.feed.now()) ? clock(moment) : `${clock(moment)} ${day(moment)}`;
}

// `lost` has been here before; `never` may yet come.
function stateOf({ people, first_joined: joined }) {
  if (people.length > 0) return 'on';
  return joined ? 'lost' : 'never';
}

// Those that want an eye stand first.
const ORDER = ['lost', 'never', 'on'];

/** The list of sites, above the attendance of people. */
export function sites(c) {
  // Who leaves after the end is not lost; the meeting's page keeps what was.
  if (!newest || !c.editable) return nothing;
  const { t } = c;
  const position = (id) => c.feed.get('unit', id)?.position ?? 0;
  const all = Object.entries(newest.units).sort(
    ([one, a], [other, b]) => ORDER.indexOf(stateOf(a)) - ORDER.indexOf(stateOf(b)) || position(one) - position(other) || one - other,
  );
  const row = ([id, site]) => {
    const state = stateOf(site);
    const name = unitName(c.feed.get('unit', id));
    const times = { times: site.dropouts.length, minutes: site.minutes_lost };
    return html`
      <li class="site site-${state}">
        <span class="site-mark" aria-hidden="true"></span>
        <span class="site-name clip" title=${name}>${name}</span>
        <span class="site-state">${t(`site_${state}`, { time: when(c, site.since) })}${
          times.times > 0 ? html`<br>${t(state === 'on' ? 'site_dropouts' : 'site_before', times)}` : nothing
        }</span>
      </li>`;
  };
  return html`
    <details class="sites" id="sites" ?open=${c.ui.sitesOpen ?? true} @toggle=${(event) => {
      c.ui.sitesOpen = event.target.open;
    }}>
      <summary>${t('sites')} <span class="num">${sitesConnected(c)}</span></summary>
      <ul>${repeat(all, ([id]) => id, row)}</ul>
    </details>`;
}

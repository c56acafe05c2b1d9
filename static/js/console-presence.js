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

function state(c, { people, since, first_joined: joined }) {
  if (people.length > 0) return c.t('site_on', { time: when(c, since) });
  return joined ? c.t('site_lost', { time: when(c, since) }) : c.t('site_never');
}

// First those that are lost, then those that never came.
function order({ people, first_joined: joined }) {
  if (people.length > 0) return 2;
  return joined ? 0 : 1;
}

/** The list of sites, above the attendance of people. */
export function sites(c) {
  if (!newest) return nothing;
  const { t } = c;
  const position = (id) => c.feed.get('unit', id)?.position ?? 0;
  const all = Object.entries(newest.units).sort(
    ([one, a], [other, b]) => order(a) - order(b) || position(one) - position(other) || one - other,
  );
  const row = ([id, site]) => html`
    <li class="site ${site.people.length > 0 ? 'site-on' : 'site-off'}">
      <span class="site-mark" aria-hidden="true"></span>
      <span class="site-name clip" title=${unitName(c.feed.get('unit', id))}>${unitName(c.feed.get('unit', id))}</span>
      <span class="site-state">${state(c, site)}${
        site.dropouts.length > 0
          ? html`<br>${t('site_dropouts', { times: site.dropouts.length, minutes: site.minutes_lost })}`
          : nothing
      }</span>
    </li>`;
  return html`
    <details class="sites" id="sites" ?open=${c.ui.sitesOpen ?? true} @toggle=${(event) => {
      c.ui.sitesOpen = event.target.open;
    }}>
      <summary>${t('sites')} <span class="num">${sitesConnected(c)}</span></summary>
      <ul>${repeat(all, ([id]) => id, row)}</ul>
    </details>`;
}

// Which sites (điểm cầu) are connected now, what they have missed, and how many people sit there.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { composing } from './console-units.js';
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

// How many sit at a site; Enter saves it and goes on to the next.
function headcount(c, unitId, name) {
  const known = c.feed.all('headcount').find(({ unit_id: id }) => id === unitId);
  const typed = c.ui.counts[unitId];
  const save = (field) => {
    if (typed === undefined) return;
    delete c.ui.counts[unitId];
    const people = Number(typed);
    // (An emptied field has counted nobody.)
    if (typed.trim() === '' || people === known?.people) c.update();
    else if (Number.isInteger(people) && people >= 0) c.send('attendance.count', { unit_id: unitId, people });
    else c.toast(c.t('headcount_wrong', { name }), null, true);
    field.value = known?.people ?? '';
  };
  return html`<input class="input short num" inputmode="numeric" maxlength="5" aria-label=${c.t('headcount_of', { name })}
    placeholder=${c.t('headcount')} data-headcount ?disabled=${!c.mayMark} data-zone="headcount"
    .value=${live(typed ?? String(known?.people ?? ''))} @input=${(event) => {
      c.ui.counts[unitId] = event.target.value;
      c.update();
    }} @change=${(event) => save(event.target)} @keydown=${(event) => {
      if (composing(event) || event.key !== 'Enter') return;
      event.preventDefault();
      save(event.target);
      const fields = [...document.querySelectorAll('[data-headcount]')];
      (fields[fields.indexOf(event.target) + 1] ?? event.target).focus();
    }}>`;
}

/** The list of sites, above the attendance of people. */
export function sites(c) {
  // Who leaves after the end is not lost; the meeting's page keeps what was.
  if (!newest || !c.editable) return nothing;
  const { t } = c;
  const position = (id) => c.feed.get('unit', id)?.position ?? 0;
  const people = c.feed.all('headcount').reduce((sum, { people: here }) => sum + here, 0);
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
        ${headcount(c, Number(id), name)}
        <span class="site-state">${t(`site_${state}`, { time: when(c, site.since) })}${
          times.times > 0 ? html`<br>${t(state === 'on' ? 'site_dropouts' : 'site_before', times)}` : nothing
        }</span>
      </li>`;
  };
  return html`
    <details class="sites" id="sites" ?open=${c.ui.sitesOpen ?? true} @toggle=${(event) => {
      c.ui.sitesOpen = event.target.open;
    }}>
      <summary>${t('sites')} <span class="num">${sitesConnected(c)}</span>
        ${people > 0 ? html`<span class="muted">· ${t('headcount_all', { n: people })}</span>` : nothing}</summary>
      <ul>${repeat(all, ([id]) => id, row)}</ul>
    </details>`;
}

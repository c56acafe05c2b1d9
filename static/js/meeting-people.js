// Who takes part, as something to change: roles, invitations taken back with a way back,
// and a dialog that invites by unit, group or person.

import { html, nothing, render } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { fits, fold, unitName } from './lib.js';

export function peopleEditor(c) {
  const { feed, t, data } = c;
  const place = document.getElementById('people');
  const sum = document.getElementById('people-sum');
  const invite = inviteDialog(c);
  let begun = false;

  const personOf = (participant) => feed.get('person', participant.person_id);

  async function change(participant, role) {
    const before = participant.role;
    const { name } = personOf(participant);
    const give = (wanted) =>
      c.send('participant.update', { participant_id: participant.id, role: wanted });
    const answer = await give(role);
    draw(); // a refusal puts the old role back
    if (answer === undefined) return;
    c.toast(t('role_changed', { name, role: data.roles[role] }), { undo: () => give(before) });
  }

  async function remove(participant) {
    const { person_id, unit_id, role } = participant;
    const { name } = personOf(participant);
    const answer = await c.send('participant.remove', { participant_id: participant.id });
    if (answer === undefined) return;
    c.toast(t('person_removed', { name }), {
      undo: () => c.send('participant.add', { person_id, unit_id, role }),
    });
  }

  const line = (participant) => {
    const person = personOf(participant);
    const name = person?.name ?? '';
    return html`<li class="person-row">
      <div class="person-name">${name} <span class="muted small">${person?.title ?? ''}</span></div>
      <select class="input person-role" aria-label=${t('role_of', { name })}
        .value=${live(participant.role)} @change=${(event) => change(participant, event.target.value)}>
        ${Object.entries(data.roles).map(([role, word]) => html`<option value=${role}
          ?selected=${role === participant.role}>${word}</option>`)}
      </select>
      <button class="btn btn-quiet btn-small" type="button"
        aria-label=${t('remove_person', { name })} @click=${() => remove(participant)}>${t('remove')}</button>
    </li>`;
  };

  function draw() {
    if (!begun) {
      place.replaceChildren(); // the server's list, for those who only read
      sum.replaceChildren();
      begun = true;
    }
    const people = feed.all('participant').sort((a, b) => a.position - b.position || a.id - b.id);
    const units = new Map();
    for (const participant of people) {
      if (!units.has(participant.unit_id)) units.set(participant.unit_id, []);
      units.get(participant.unit_id).push(participant);
    }
    render(html`${t('people_sum', { people: people.length, units: units.size })}`, sum);
    render(html`<ul class="people-list">
      ${repeat(units, ([id]) => id, ([id, members]) => html`<li class="people-unit">
        <h3>${feed.get('unit', id)?.name ?? t('no_unit_people')}</h3>
        <ul>${repeat(members, (member) => member.id, line)}</ul></li>`)}
    </ul>`, place);
    invite.draw();
  }

  return { draw };
}

// -- The dialog that invites -----------------------------------------------------------------

function inviteDialog(c) {
  const { feed, t, data } = c;
  const dialog = document.getElementById('invite-dialog');
  let people = null; // the whole directory, fetched when first asked for
  let failed = false;
  let query = '';
  let role = 'participant';
  let chosen = new Set();

  async function load() {
    failed = false;
    draw();
    try {
      const found = [];
      for (let page = 1, total = 1; found.length < total; page += 1) {
        const response = await fetch(`/api/v1/people?per_page=500&page=${page}`, {
          credentials: 'same-origin',
        });
        if (!response.ok) throw new Error(response.statusText);
        const body = await response.json();
        found.push(...body.items);
        if (body.items.length === 0) break;
        total = body.total;
      }
      people = found;
    } catch {
      failed = true;
    }
    draw();
    dialog.querySelector('input[type="search"]')?.focus();
  }

  dialog.addEventListener('ask', () => {
    query = '';
    chosen = new Set();
    dialog.showModal();
    if (people) draw();
    else load();
    dialog.querySelector('input[type="search"]')?.focus();
  });

  async function send(event) {
    event.preventDefault();
    const ids = [...chosen].filter((id) => !invited().has(id));
    if (ids.length === 0) return;
    const added = await c.send('participant.invite', { person_ids: ids, role });
    if (added === undefined) return;
    dialog.close();
    if (added.length === 0) {
      c.toast(t('invite_again'));
      return;
    }
    c.toast(t('invite_done', { count: added.length }), {
      undo: () => {
        for (const { id } of added) c.send('participant.remove', { participant_id: id });
      },
    });
  }

  const invited = () => new Set(feed.all('participant').map((one) => one.person_id));

  // Ticking a unit or a group ticks those of its people who are not invited yet.
  function tick(ids, on) {
    for (const id of ids) {
      if (on) chosen.add(id);
      else chosen.delete(id);
    }
    draw();
  }

  function box(ids, label, extra = '') {
    const on = ids.filter((id) => chosen.has(id)).length;
    return html`<label class="check">
      <input type="checkbox" ?disabled=${ids.length === 0}
        .checked=${live(on > 0 && on === ids.length)} .indeterminate=${on > 0 && on < ids.length}
        @change=${(event) => tick(ids, event.target.checked)}>
      <span>${label}${extra ? html` <small class="muted">${extra}</small>` : nothing}</span></label>`;
  }

  function tree() {
    const here = invited();
    const words = fold(query);
    const byUnit = grouped(people);
    const free = (list) => list.filter((one) => !here.has(one.id)).map((one) => one.id);
    const all = feed.all('unit').sort((a, b) => a.position - b.position || a.id - b.id);
    const groups = all.filter((unit) => unit.kind === 'group').flatMap((group) => {
      const members = group.member_ids.flatMap((id) => byUnit.get(id) ?? []);
      const shown = members.length > 0 && (words === '' || fits(unitName(group), words) > 0);
      return shown ? [{ group, members }] : [];
    });
    const units = [...inOrder(all), { unit: null, depth: 0 }].flatMap(({ unit, depth }) => {
      const members = byUnit.get(unit?.id ?? null) ?? [];
      const label = unit ? `${unit.name} ${unit.short_name ?? ''}` : '';
      const shown = words === ''
        ? members
        : members.filter((one) => fits(`${one.name} ${one.title ?? ''} ${label}`, words) > 0);
      return shown.length > 0 ? [{ unit, depth, members, shown }] : [];
    });
    if (groups.length === 0 && units.length === 0) {
      return html`<p class="quiet">${t('invite_nothing', { query })}</p>`;
    }
    return html`
      ${groups.length > 0
        ? html`<h3 class="part">${t('invite_groups')}</h3><ul class="tree">
            ${repeat(groups, ({ group }) => group.id, ({ group, members }) => html`<li>
              ${box(free(members), group.name, t('people_count', { count: members.length }))}</li>`)}
          </ul><h3 class="part">${t('invite_units')}</h3>`
        : nothing}
      <ul class="tree">
        ${repeat(units, ({ unit }) => unit?.id ?? 0, ({ unit, depth, shown }) => html`
          <li class="depth-${Math.min(depth, 4)}">
            <strong>${box(free(shown), unit?.name ?? t('no_unit_people'))}</strong>
            <ul>${repeat(shown, (one) => one.id, (one) => here.has(one.id)
              ? html`<li class="check muted"><input type="checkbox" checked disabled aria-label=${one.name}>
                  <span>${one.name} <small>${t('invited')}</small></span></li>`
              : html`<li>${box([one.id], one.name, one.title ?? '')}</li>`)}</ul>
          </li>`)}
      </ul>`;
  }

  function body() {
    if (failed) {
      return html`<p class="notice notice-error" role="alert">${t('invite_failed')}
        <button class="btn btn-small" type="button" @click=${load}>${t('retry')}</button></p>`;
    }
    return people === null ? html`<p class="quiet">${t('invite_loading')}</p>` : tree();
  }

  function draw() {
    if (!dialog.open) return;
    const count = chosen.size;
    render(html`
      <h2>${t('invite_title')}</h2>
      <form class="invite" novalidate @submit=${send}>
        <input class="input" type="search" autocomplete="off" aria-label=${t('invite_filter')}
          placeholder=${t('invite_filter')} .value=${live(query)}
          @input=${(event) => { query = event.target.value; draw(); }}
          @keydown=${(event) => event.key === 'Enter' && event.preventDefault()}>
        <div class="invite-tree" tabindex="-1">${body()}</div>
        <div class="invite-foot">
          <label>${t('invite_role')}
            <select class="input" .value=${live(role)} @change=${(event) => { role = event.target.value; }}>
              ${Object.entries(data.roles).map(([name, word]) => html`<option value=${name}
                ?selected=${name === role}>${word}</option>`)}
            </select></label>
          <div class="actions">
            <button class="btn" type="button" @click=${() => dialog.close()}>${t('stop')}</button>
            <button class="btn btn-primary" type="submit" ?disabled=${count === 0}>
              ${count === 0 ? t('invite_none') : t('invite_some', { count })}</button>
          </div>
        </div>
      </form>`, dialog);
  }

  return { draw };
}

function grouped(people) {
  const found = new Map();
  for (const one of people) {
    if (!found.has(one.unit_id)) found.set(one.unit_id, []);
    found.get(one.unit_id).push(one);
  }
  return found;
}

// The units of the tree, each below the one above it.
function inOrder(units, parent = null, depth = 0) {
  return units
    .filter((unit) => unit.kind !== 'group' && unit.parent_id === parent)
    .flatMap((unit) => [{ unit, depth }, ...inOrder(units, unit.id, depth + 1)]);
}

// What was understood of a directive, as chips: dashed while proposed, solid once accepted. They
// stand below the input line, in the form, and in the row of a line that became a directive.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { joinDue, splitDue } from './console-due.js';
import { answerTo, followReading, isoDay, isRead, read } from './console-reading.js';
import { accepted, clear, gone, proposals, sameDue } from './directive-proposals.js';
import { dueText, unitName } from './lib.js';

const MARKED_AT_MOST = 5; // rows that are read: older ones have been left as they are

// -- What is read --------------------------------------------------------------------------
//
// A host is where chips stand: `{key, text, on, held, rejected, back, take(held)}`. `back` gets the
// focus when no chip is left; `now` is the same host after a change.

/** The input line, while it is a directive. */
export function lineHost(c) {
  const { line } = c.ui;
  const { lead_unit_ids: leads = [], supporting_unit_ids: supports = [], due = null, due_text = null } = line;
  line.rejected ??= [];
  return {
    key: 'line',
    text: line.text,
    on: isoDay(c.feed.now()),
    held: { leads, supports, due, due_text },
    rejected: line.rejected,
    back: '#line',
    now: lineHost,
    take: (held) => {
      Object.assign(line, { lead_unit_ids: held.leads, supporting_unit_ids: held.supports, due: held.due, due_text: held.due_text });
      c.changed();
    },
  };
}

/** The form. */
export function formHost(c) {
  const form = c.ui.directive;
  const given = c.feed.get('directive', form.id)?.at;
  form.rejected ??= [];
  return {
    key: 'form',
    text: form.text,
    on: isoDay(given ?? c.feed.now()),
    held: { leads: form.leads.ids, supports: form.supports.ids, due: joinDue(form.due) ?? null, due_text: form.due_text },
    rejected: form.rejected,
    back: '#directive-text',
    now: formHost,
    take: (held) => {
      form.leads.ids = held.leads;
      form.supports.ids = held.supports;
      form.leads.error = form.supports.error = '';
      if (!sameDue(held.due, joinDue(form.due))) Object.assign(form, { due: splitDue(c, held.due), due_text: held.due_text ?? '' });
      c.changed();
    },
  };
}

/** A directive that was made of a line of the record, or given before there was an answer. */
export function rowHost(c, directive) {
  const { lead_unit_ids: leads, supporting_unit_ids: supports, due, due_text } = directive;
  return {
    key: `row-${directive.id}`,
    text: directive.text,
    on: isoDay(directive.at),
    held: { leads, supports, due, due_text },
    rejected: c.ui.marked[directive.id],
    back: `#directive-${directive.id}`,
    take: (held) => {
      c.send('directive.update', {
        directive_id: directive.id,
        base_revision: directive.revision,
        lead_unit_ids: held.leads,
        supporting_unit_ids: held.supports,
        due: held.due,
        due_text: held.due_text ?? null,
      });
      c.changed();
    },
  };
}

/** Read a directive that stands in the column already, and propose there. */
export function mark(c, id) {
  c.ui.marked = Object.fromEntries([...Object.entries(c.ui.marked), [id, []]].slice(-MARKED_AT_MOST));
  c.changed();
}

/** Whether a directive in the column is read. */
export const isMarked = (c, { id, sending }) => Boolean(c.ui.marked[id]) && !sending && c.live;

/** Look whether there is a directive to be read anew. */
export function understand(c) {
  if (!c.live || !c.editable) return;
  const hosts = [];
  if (c.ui.line.kind === 'directive') hosts.push(lineHost(c));
  if (c.ui.directive?.open && !c.ui.directive.theirs) hosts.push(formHost(c));
  for (const id of Object.keys(c.ui.marked)) {
    const directive = c.feed.get('directive', id);
    if (directive) hosts.push(rowHost(c, directive));
  }
  read(c, hosts);
}

/** Begin to listen. */
export function followUnderstanding(c) {
  followReading(c, () => understand(c));
}

// -- What is done --------------------------------------------------------------------------

function proposed(c, host) {
  const { held, rejected } = host;
  return [
    ...gone(held, rejected, (id) => c.feed.get('unit', id), host.on),
    ...proposals(host.text.trim() ? answerTo(host.key) : null, held, rejected),
  ];
}

/** Whether there is something to be accepted at once. */
export const mayAcceptAll = (c, host) => clear(proposed(c, host)).length > 0;

/** Whether something is proposed at all. */
export const hasProposals = (c, host) => proposed(c, host).length > 0;

/** Accept all that is clear; false where there is nothing. */
export function acceptAll(c, host) {
  const all = clear(proposed(c, host));
  if (all.length > 0) host.take(accepted(host.held, all));
  return all.length > 0;
}

/** Accept all that is clear of the newest directive in the column that proposes something. */
export function acceptMarked(c) {
  const marked = Object.keys(c.ui.marked).map((id) => c.feed.get('directive', id)).filter(Boolean);
  const newest = marked.findLast((directive) => isMarked(c, directive) && mayAcceptAll(c, rowHost(c, directive)));
  if (newest) acceptAll(c, rowHost(c, newest));
}

/** Whether the words that stand there have been read. */
export const wasRead = ({ key, text }) => isRead(key, text);

function accept(c, host, proposal, event) {
  host.take(accepted(host.held, [proposal]));
  // (A row waits for its answer before it proposes on.)
  onward(c, host.now?.(c) ?? { ...host, text: '' }, event);
}

function reject(c, host, proposal, event) {
  host.rejected.push(proposal.key);
  c.changed();
  onward(c, host, event);
}

// The keyboard stays among the chips until none is left; who clicks wants to write on.
function onward(c, host, event) {
  const stay = event.detail === 0 && hasProposals(c, host);
  c.focus(stay ? `#${host.key}-proposals .proposal` : host.back);
}

/** Take back what was accepted; for these words it is not proposed again. */
export function drop(c, host, part, value) {
  const { held, rejected } = host;
  const without = part === 'due'
    ? { ...held, due: null, due_text: null }
    : { ...held, [part]: held[part].filter((id) => id !== value) };
  for (const { key, kind, unit_id: id } of proposals(answerTo(host.key), without, rejected)) {
    if (part === 'due' ? kind === 'due' : kind === 'unit' && id === value) rejected.push(key);
  }
  host.take(without);
  c.focus(host.back);
}

/** Into the chips; false where there are none. */
export function enterChips(c, host) {
  if (proposed(c, host).length === 0) return false;
  c.focus(`#${host.key}-proposals .proposal`);
  return true;
}

function onKey(c, host, event) {
  const here = event.target.closest('.proposal');
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step && here) {
    const all = [...event.currentTarget.querySelectorAll('.proposal')];
    all[(all.indexOf(here) + step + all.length) % all.length].focus();
  } else if (['x', 'X', 'Delete', 'Backspace'].includes(event.key) && here) {
    here.closest('.proposal-chip').querySelector('.chip-remove').click();
  } else if (event.key === 'Escape') {
    c.focus(host.back);
  } else {
    if (event.key === 'Enter' || event.key === ' ') event.stopPropagation(); // the button's own
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

// -- What is shown -------------------------------------------------------------------------

const ROLES = { lead: 'leads', support: 'supports', due: 'due' };

function button(c, host, proposal, words, label = nothing) {
  return html`<button type="button" class="proposal" aria-label=${label} @click=${(event) => accept(c, host, proposal, event)}>${words}</button>`;
}

function chip(c, host, proposal) {
  const { t } = c;
  const { kind, role, phrase, unit_id: id, due, candidates = [], message } = proposal;
  const name = (key) => unitName(c.feed.get('unit', key));
  const word = t(ROLES[role]);
  const quoted = phrase ? html` <span class="muted">“${phrase}”</span>` : nothing;
  const remove = (what) => html`<button type="button" class="chip-remove" tabindex="-1" aria-label=${t('proposal_reject', { name: what })}
    @click=${(event) => reject(c, host, proposal, event)}>×</button>`;
  if (kind === 'unit') {
    return html`<li class="chip proposal-chip">${button(c, host, proposal, html`${word}: <b>${name(id)}</b>`)}${remove(name(id))}</li>`;
  }
  if (kind === 'due') {
    return html`<li class="chip proposal-chip">${button(c, host, proposal, html`${word}: <b>${dueText(due, t)}</b>${quoted}`)}${remove(phrase)}</li>`;
  }
  const said = kind === 'gone' ? t('unit_gone', { name: name(id) }) : message;
  const choices = candidates.map((candidate) => button(
    c, host, { ...proposal, choice: candidate }, html`<b>${name(candidate)}</b>`,
    t('proposal_choose', { name: name(candidate), role: word }),
  ));
  return html`
    <li class="chip proposal-chip proposal-unclear">
      ${choices.length > 0
        ? html`<span>${said}</span>${choices}`
        : html`<button type="button" class="proposal" @click=${(event) => reject(c, host, proposal, event)}>${said}</button>`}
      ${remove(phrase || name(id))}
    </li>`;
}

/** The chips of a host, and what is to be looked at before it is given. */
export function proposalChips(c, host) {
  const { t } = c;
  const list = proposed(c, host);
  const answer = host.text.trim() ? answerTo(host.key) : null;
  const warning = answer?.warnings.find(({ code }) => code === 'past_deadline');
  const concerns = warning && (sameDue(answer.due, host.held.due) || list.some(({ kind }) => kind === 'due'));
  return html`
    <div class="proposals" aria-live="polite" data-zone="proposal" @keydown=${(event) => onKey(c, host, event)}>
      ${list.length > 0
        ? html`<ul id="${host.key}-proposals" aria-label=${t('understood')}>${list.map((one) => chip(c, host, one))}
            ${clear(list).length > 0
              ? html`<li><button type="button" class="btn btn-quiet btn-small" tabindex="-1" @click=${() => {
                  acceptAll(c, host);
                  c.focus(host.back);
                }}>${t('accept_all')} <kbd>${host.key.startsWith('row') ? 'y' : 'Tab'}</kbd></button></li>`
              : nothing}</ul>`
        : nothing}
      ${concerns ? html`<p class="proposals-warning small">${warning.message}</p>` : nothing}
    </div>`;
}

/** An accepted deadline, with the words that it was given in. */
export function dueChip(c, host) {
  const { t } = c;
  const { due, due_text: phrase } = host.held;
  if (!due) return nothing;
  return html`
    <span class="chip chip-on"><span class="clip">${t('due')}: <b>${dueText(due, t)}</b>${phrase ? html` “${phrase}”` : nothing}</span>
      <button type="button" class="chip-remove" aria-label=${t('remove_unit', { name: dueText(due, t) })}
        @click=${() => drop(c, host, 'due')}>×</button></span>`;
}

// The right column: who speaks, then conclusions by section above the directives, as they will print.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { acceptAll, isMarked, proposalChips, rowHost } from './console-chips.js';
import { conclusionForm, openConclusion, removeConclusion, SECTIONS } from './console-conclusion.js';
import { directiveForm, directiveText, facts, fillDirective, openDirective, removeDirective } from './console-directive.js';
import { joinDue } from './console-due.js';
import { answerRefused, readBack, toggleAnswers } from './console-readback.js';
import { rowKeys } from './console-rows.js';
import { floor } from './console-speakers.js';
import { byTime } from './lib.js';

// -- Refusals ----------------------------------------------------------------------------

/** The server refused something of this column: it comes back with the reason. */
export function outcomeRefused(c, command, error) {
  const [type, action] = command.name.split('.');
  const { args } = command;
  if (action === 'acknowledge') {
    answerRefused(c, command, error);
    return;
  }
  if (action === 'remove') {
    c.toast(error.message, null, true);
    return;
  }
  // What is being written there stays; what was refused waits beside it.
  if (c.ui[type]?.text.trim()) {
    c.ui.failed.push({ id: command.id, name: command.name, args, error: refusal(error) });
    c.ui.tab = 'outcome';
    c.changed();
    return;
  }
  takeBack(c, command, error);
}

// A refusal as it can be kept through a reload.
function refusal({ code, message, current, errors }) {
  return { code, message, current, errors };
}

// What was refused comes back into its form.
function takeBack(c, command, error) {
  const [type] = command.name.split('.');
  const { args } = command;
  const id = args[`${type}_id`] ?? null;
  const theirs = error.code === 'conflict' ? (error.current ?? c.feed.get(type, id)) : null;
  if (type === 'conclusion') {
    c.ui.conclusion = { ...args, id, base: args.base_revision, error: theirs ? '' : error.message };
    c.ui.conclusion.section ??= 'tasks';
  } else {
    c.ui.directive = fillDirective(c, { ...args, id, revision: args.base_revision });
    if (!theirs) place(c.ui.directive, error);
  }
  // A conflict that shows no other text (the meeting is closed, say) is only a reason.
  if (theirs?.text === undefined && error.code === 'conflict') {
    if (type === 'conclusion') c.ui.conclusion.error = error.message;
    else c.ui.directive.errors.form = error.message;
  } else if (theirs) {
    c.ui[type].theirs = theirs;
  }
  c.ui[type].open = true;
  c.ui.tab = 'outcome';
  c.changed();
}

// Each reason beside its field; what belongs to none, below the form.
function place(form, error) {
  const fields = { lead_unit_ids: form.leads, supporting_unit_ids: form.supports };
  for (const { field, message } of error.errors) {
    const name = field.split('.')[0];
    if (fields[name]) fields[name].error = message;
    else if (name === 'text' || name === 'due') form.errors[name] = message;
    else form.errors.form = message;
  }
  if (error.errors.length === 0) form.errors.form = error.message;
}

// -- The column --------------------------------------------------------------------------

function tools(c, { edit, remove }) {
  const { t } = c;
  return c.live
    ? html`<div class="row-tools">
        <button class="btn btn-quiet btn-small" tabindex="-1" @click=${edit}>${t('edit')}</button>
        <button class="btn btn-quiet btn-small" tabindex="-1" @click=${remove}>${t('remove')}</button>
      </div>`
    : nothing;
}

// What is on its way for an object, laid over it; null when it is being removed.
function ahead(c, type, object) {
  let seen = object;
  for (const { name, args } of c.feed.pending) {
    if (args[`${type}_id`] !== object.id) continue;
    if (name === `${type}.remove`) return null;
    if (name === `${type}.update`) seen = { ...seen, ...args, id: object.id, sending: true };
  }
  return seen;
}

function listed(c, type) {
  // (What units have passed on of a directive, the chair has not given.)
  const given = c.feed.sorted(type, byTime).filter(({ parent_id: parent }) => !parent);
  const now = given.map((object) => ahead(c, type, object)).filter(Boolean);
  const coming = c.feed.pending
    .filter(({ name }) => name === `${type}.add`)
    .map(({ id, args }) => ({ ...args, id, sending: true }));
  return [...now, ...coming];
}

function outcomeKeys({ edit, remove }) {
  return { Enter: edit, e: edit, x: remove, Delete: remove };
}

function conclusionRow(c, conclusion, at) {
  const { t } = c;
  const acts = { edit: () => openConclusion(c, conclusion), remove: () => removeConclusion(c, conclusion) };
  return html`<li class="outcome ${conclusion.sending ? 'sending' : ''}" id="conclusion-${conclusion.id}"
    data-row data-zone="outcome" tabindex=${at === 0 ? 0 : -1}
    @keydown=${(event) => rowKeys(c, event, c.live && !conclusion.sending, outcomeKeys(acts))}>
    <p class="prose">${conclusion.text}</p>
    ${conclusion.sending ? html`<p class="small muted">${t('sending')}</p>` : tools(c, acts)}
  </li>`;
}

function directiveRow(c, directive, at) {
  const { t } = c;
  const { leads, supports, due } = facts(c, directive);
  const acts = { edit: () => openDirective(c, directive), remove: () => removeDirective(c, directive) };
  const host = isMarked(c, directive) ? rowHost(c, directive) : null;
  return html`<li class="outcome directive ${directive.sending ? 'sending' : ''}" id="directive-${directive.id}"
    data-row data-zone="given" tabindex=${at === 0 ? 0 : -1}
    @keydown=${(event) => rowKeys(c, event, !directive.sending, {
      ...(c.live ? outcomeKeys(acts) : {}),
      y: () => host && acceptAll(c, host),
      r: () => toggleAnswers(c, directive),
    })}>
    <span class="outcome-number num">${at + 1}</span>
    <div class="outcome-body">
      <p class="prose">${directive.text}</p>
      <dl class="outcome-facts small">
        <div><dt>${t('leads')}</dt><dd>${leads || html`<span class="muted">${t('no_lead')}</span>`}</dd></div>
        ${supports ? html`<div><dt>${t('supports')}</dt><dd>${supports}</dd></div>` : nothing}
        ${due ? html`<div><dt>${t('due')}</dt><dd>${due}</dd></div>` : nothing}
      </dl>
      ${host ? proposalChips(c, host) : nothing}
      ${directive.sending ? nothing : readBack(c, directive)}
      ${directive.sending ? html`<p class="small muted">${t('sending')}</p>` : tools(c, acts)}
    </div>
  </li>`;
}

// What was refused while another text stood in the form, and, once the meeting is over, what
// stands in the form itself: it cannot be saved now, but it must not be out of sight.
function unsaved(c, type, editing) {
  const { t } = c;
  const form = c.ui[type];
  const free = editing && !form?.text.trim();
  const inForm = type === 'directive' && form
    ? { ...form, lead_unit_ids: form.leads.ids, supporting_unit_ids: form.supports.ids, due: joinDue(form.due) }
    : form;
  const words = (one) => (type === 'directive' ? directiveText(c, one) : one.text);
  const kept = c.ui.failed.filter(({ name }) => name?.startsWith(`${type}.`));
  const resume = (command) => {
    c.ui.failed = c.ui.failed.filter((other) => other !== command);
    takeBack(c, command, command.error);
    c.focus(`#${type}-text`);
  };
  return html`
    ${!editing && form?.text.trim()
      ? html`<div class="unsaved"><p class="prose">${words(inForm)}</p>
          <p class="field-error" role="alert">${form.error || form.errors?.form || t('drafts_left')}</p></div>`
      : nothing}
    ${repeat(kept, ({ id }) => id, (command) => html`
      <div class="unsaved"><p class="prose">${words(command.args)}</p>
        <p class="field-error" role="alert">${command.error.message}</p>
        ${free
          ? html`<button class="btn btn-small" @click=${() => resume(command)}>${t('resume_draft')}</button>`
          : nothing}</div>`)}`;
}

/** The queue of speakers above conclusions and directives, and the form that is open. */
export function outcome(c) {
  const { t } = c;
  const conclusions = listed(c, 'conclusion');
  const directives = listed(c, 'directive');
  const editing = c.live;
  const draft = (form) => form && !form.open && form.text.trim();
  return html`
    ${c.editable ? floor(c) : nothing}
    <div class="side-scroll">
      <section aria-label=${t('conclusions')}>
        <header class="side-head">
          <h3>${t('conclusions')}</h3>
          ${editing
            ? html`<button class="btn btn-quiet btn-small" id="add-conclusion" @click=${() => openConclusion(c)}>
                ${t(draft(c.ui.conclusion) ? 'resume_draft' : 'add')} <kbd>k</kbd></button>`
            : nothing}
        </header>
        ${editing && c.ui.conclusion?.open ? conclusionForm(c) : nothing}
        ${unsaved(c, 'conclusion', editing)}
        ${conclusions.length === 0 ? html`<p class="side-empty muted">${t('no_conclusions')}</p>` : nothing}
        ${SECTIONS.map((section) => {
          const rows = conclusions.filter((conclusion) => (conclusion.section ?? 'tasks') === section);
          return rows.length === 0
            ? nothing
            : html`<h4 class="side-section">${t(`section_${section}`)}</h4>
                <ul>${repeat(rows, (row) => row.id, (row, at) => conclusionRow(c, row, at))}</ul>`;
        })}
      </section>
      <section aria-label=${t('directives')}>
        <header class="side-head">
          <h3>${t('directives')} <span class="muted num">${directives.length || ''}</span></h3>
          ${editing
            ? html`<button class="btn btn-quiet btn-small" id="add-directive" @click=${() => openDirective(c)}>
                ${t(draft(c.ui.directive) ? 'resume_draft' : 'add')} <kbd>d</kbd></button>`
            : nothing}
        </header>
        ${editing && c.ui.directive?.open ? directiveForm(c) : nothing}
        ${unsaved(c, 'directive', editing)}
        ${directives.length === 0 ? html`<p class="side-empty muted">${t('no_directives')}</p>` : nothing}
        <ol>${repeat(directives, (row) => row.id, (row, at) => directiveRow(c, row, at))}</ol>
      </section>
    </div>`;
}

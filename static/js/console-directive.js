// A directive being written or changed: its text, its units, its deadline.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { acceptAll, formHost, proposalChips } from './console-chips.js';
import { conflict } from './console-conflict.js';
import { dueFields, joinDue, splitDue } from './console-due.js';
import { cancelForm, keepForm, onFormKey } from './console-forms.js';
import { composing, unitField } from './console-units.js';
import { dueText, unitName } from './lib.js';

/**
 * Open the form for a directive.
 *
 * @param {object} c the console
 * @param {object} [start] a directive to change, the beginning of a new one (`text`, `item_id`, the
 *   units), or nothing: then what was being typed, or a new one
 * @returns {boolean} false where it cannot be opened now
 */
export function openDirective(c, start = {}) {
  if (!c.editable || !c.live) return false;
  const id = start.id ?? null;
  const resume = c.ui.directive && id === null && !start.text;
  if (!resume && (!c.ui.directive || c.ui.directive.id !== id)) {
    keepForm(c, 'directive');
    c.ui.directive = fillDirective(c, start);
  } else if (id === null && start.text) {
    // A draft stands there already: what comes now is added, neither is lost.
    const before = c.ui.directive.text.trim();
    const { leads, supports } = c.ui.directive;
    c.ui.directive.text = before && before !== start.text ? `${before} ${start.text}` : start.text;
    leads.ids = [...new Set([...leads.ids, ...(start.lead_unit_ids ?? [])])];
    supports.ids = [...new Set([...supports.ids, ...(start.supporting_unit_ids ?? [])])];
    if (start.due) Object.assign(c.ui.directive, { due: splitDue(c, start.due), due_text: start.due_text ?? '' });
    c.ui.directive.rejected.push(...(start.rejected ?? []));
  }
  c.ui.directive.open = true;
  if (c.ui.conclusion) c.ui.conclusion.open = false;
  c.ui.tab = 'outcome';
  c.changed();
  c.focus(id === null && c.ui.directive.text ? '#lead-units' : '#directive-text');
  return true;
}

/** The form's values for a directive, or for the beginning of one. */
export function fillDirective(c, start) {
  return {
    id: start.id ?? null,
    base: start.revision ?? null,
    text: start.text ?? '',
    item_id: start.item_id ?? c.shown(),
    leads: { ids: start.lead_unit_ids ?? [], query: '', index: 0, open: false, error: '' },
    supports: { ids: start.supporting_unit_ids ?? [], query: '', index: 0, open: false, error: '' },
    due: splitDue(c, start.due ?? null),
    due_text: start.due_text ?? '',
    rejected: start.rejected ?? [],
    errors: {},
  };
}

function saveDirective(c) {
  const { t } = c;
  const form = c.ui.directive;
  const text = form.text.trim();
  const due = joinDue(form.due);
  form.errors = {};
  for (const field of [form.leads, form.supports]) {
    field.error = field.query.trim() ? t('unit_unknown', { name: field.query.trim() }) : '';
  }
  if (text === '') form.errors.text = t('directive_empty');
  if (due === undefined) form.errors.due = t('due_incomplete');
  if (Object.keys(form.errors).length > 0 || form.leads.error || form.supports.error) {
    c.update();
    c.focus('.side-form [aria-invalid="true"]');
    return;
  }
  const args = {
    text,
    lead_unit_ids: form.leads.ids,
    supporting_unit_ids: form.supports.ids,
    due,
    due_text: form.due_text.trim() || null,
  };
  if (form.id === null) c.send('directive.add', { ...args, item_id: form.item_id });
  else c.send('directive.update', { directive_id: form.id, base_revision: form.base, ...args });
  c.ui.directive = null;
  c.changed();
  c.focus('#line');
}

/** Take a directive away; adding it anew is the way back. */
export function removeDirective(c, directive) {
  const { text, lead_unit_ids, supporting_unit_ids, due, due_text, item_id, at } = directive;
  const again = { text, lead_unit_ids, supporting_unit_ids, due, due_text, item_id, at };
  c.focus('#add-directive');
  c.send('directive.remove', { directive_id: directive.id }).then(() =>
    c.toast(c.t('directive_removed'), () => c.send('directive.add', again)),
  );
}

/** Units and deadline of a directive in words. */
export function facts(c, { lead_unit_ids: leads, supporting_unit_ids: supports, due, due_text: phrase }) {
  const names = (ids) => (ids ?? []).map((id) => unitName(c.feed.get('unit', id))).filter(Boolean).join(', ');
  return { leads: names(leads), supports: names(supports), due: phrase || dueText(due, c.t) };
}

/** A directive as one text: it may be the units or the deadline that two people changed. */
export function directiveText(c, directive) {
  const lines = Object.entries(facts(c, directive))
    .filter(([, value]) => value)
    .map(([name, value]) => `${c.t(name)}: ${value}`);
  return [directive.text, ...lines].join('\n');
}

/** The form. */
export function directiveForm(c) {
  const { t } = c;
  const form = c.ui.directive;
  if (form.theirs) {
    const mine = {
      text: form.text,
      lead_unit_ids: form.leads.ids,
      supporting_unit_ids: form.supports.ids,
      due: joinDue(form.due),
      due_text: form.due_text,
    };
    return conflict(c, directiveText(c, mine), directiveText(c, form.theirs), {
      keep: () => {
        Object.assign(form, { base: form.theirs.revision, theirs: null });
        saveDirective(c);
      },
      take: () => {
        c.ui.directive = null;
        c.changed();
        c.focus('#line');
      },
      merge: () => {
        form.text = `${form.theirs.text}\n${form.text}`;
        Object.assign(form, { base: form.theirs.revision, theirs: null });
        c.changed();
        c.focus('#directive-text');
      },
    });
  }
  const { leads, supports } = form;
  Object.assign(leads, {
    id: 'lead-units',
    label: t('lead_units'),
    next: () => c.focus('#supporting-units'),
  });
  Object.assign(supports, {
    id: 'supporting-units',
    label: t('supporting_units'),
    optional: true,
    next: () => c.focus('#due-kind'),
  });
  return html`
    <form class="side-form" data-zone="directive" @submit=${(event) => {
      event.preventDefault();
      saveDirective(c);
    }} @keydown=${(event) => onFormKey(c, event, 'directive', () => saveDirective(c))}>
      <div class="field">
        <label for="directive-text">${t(form.id === null ? 'new_directive' : 'edit_directive')}</label>
        <textarea id="directive-text" class="grow-field" rows="2" .value=${live(form.text)}
          aria-describedby="directive-text-error" aria-invalid=${form.errors.text ? 'true' : nothing}
          @input=${(event) => {
            form.text = event.target.value;
            form.errors = {};
            c.changed();
          }} @keydown=${(event) => {
            if (composing(event) || event.shiftKey || event.ctrlKey) return;
            if (event.key === 'Enter') c.focus('#lead-units');
            else if (event.key !== 'Tab' || !acceptAll(c, formHost(c))) return;
            event.preventDefault();
          }}></textarea>
        <p class="field-error" id="directive-text-error" role="alert" ?hidden=${!form.errors.text}>${form.errors.text}</p>
      </div>
      ${proposalChips(c, formHost(c))}
      ${unitField(c, leads, supports.ids)}
      ${unitField(c, supports, leads.ids)}
      ${dueFields(c, form)}
      <p class="field-error" role="alert" ?hidden=${!form.errors.form}>${form.errors.form}</p>
      <div class="side-form-foot">
        <span class="small muted">${t('ctrl_enter_saves')}</span>
        <button type="button" class="btn btn-quiet btn-small push" @click=${() => cancelForm(c, 'directive')}>${t('cancel')}</button>
        <button class="btn btn-primary btn-small">${t('save')}</button>
      </div>
    </form>`;
}

// The right column: conclusions by section above the directives, as they will print.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { conflict } from './console-conflict.js';
import { composing, unitField } from './console-units.js';
import { byTime, clock, day, dueText, inVietnam, unitName } from './lib.js';

const SECTIONS = ['assessment', 'shortcomings', 'tasks', 'organisation'];
const DUES = ['none', 'date', 'moment', 'month', 'quarter', 'ongoing'];

// -- Conclusions -------------------------------------------------------------------------

/** Open the form for a conclusion; without one, what was being typed, or a new one. */
export function openConclusion(c, conclusion = null) {
  if (!c.editable || !c.live) return;
  const id = conclusion?.id ?? null;
  if (!c.ui.conclusion || (conclusion && c.ui.conclusion.id !== id)) {
    keepForm(c, 'conclusion');
    c.ui.conclusion = {
      id,
      base: conclusion?.revision ?? null,
      section: conclusion?.section ?? 'tasks',
      text: conclusion?.text ?? '',
      item_id: conclusion ? conclusion.item_id : c.shown(),
      error: '',
    };
  }
  c.ui.conclusion.open = true;
  if (c.ui.directive) c.ui.directive.open = false;
  c.ui.tab = 'outcome';
  c.changed();
  c.focus('#conclusion-text');
}

// Another form takes the place of one with something in it: offer the way back.
function keepForm(c, name) {
  const form = c.ui[name];
  if (form?.text.trim()) {
    c.toast(c.t('draft_put_aside'), () => {
      c.ui[name] = { ...form, open: true };
      c.changed();
    });
  }
}

function saveConclusion(c) {
  const form = c.ui.conclusion;
  const text = form.text.trim();
  if (text === '') {
    form.error = c.t('line_empty');
    c.update();
    return;
  }
  const { id, base, section, item_id } = form;
  if (id === null) c.send('conclusion.add', { text, section, item_id });
  else c.send('conclusion.update', { conclusion_id: id, base_revision: base, text, section });
  c.ui.conclusion = null;
  c.changed();
  c.focus('#line');
}

function removeConclusion(c, conclusion) {
  const { text, section, item_id, at } = conclusion;
  c.focus('#add-conclusion');
  c.send('conclusion.remove', { conclusion_id: conclusion.id }).then(() =>
    c.toast(c.t('conclusion_removed'), () => c.send('conclusion.add', { text, section, item_id, at })),
  );
}

function conclusionForm(c) {
  const { t } = c;
  const form = c.ui.conclusion;
  if (form.theirs) {
    const settle = (text) => {
      Object.assign(form, { text, base: form.theirs.revision, theirs: null });
      c.changed();
    };
    return conflict(c, form.text, form.theirs.text, {
      keep: () => {
        settle(form.text);
        saveConclusion(c);
      },
      take: () => {
        c.ui.conclusion = null;
        c.changed();
        c.focus('#line');
      },
      merge: () => {
        settle(`${form.theirs.text}\n${form.text}`);
        c.focus('#conclusion-text');
      },
    });
  }
  return html`
    <form class="side-form" data-zone="conclusion" @submit=${(event) => {
      event.preventDefault();
      saveConclusion(c);
    }} @keydown=${(event) => onFormKey(c, event, 'conclusion', () => saveConclusion(c))}>
      <div class="field">
        <label for="conclusion-text">${t(form.id === null ? 'new_conclusion' : 'edit_conclusion')}</label>
        <textarea id="conclusion-text" class="grow-field" rows="2" .value=${live(form.text)}
          aria-describedby="conclusion-error" aria-invalid=${form.error ? 'true' : nothing}
          @input=${(event) => {
            form.text = event.target.value;
            form.error = '';
            c.changed();
          }} @keydown=${(event) => {
            if (composing(event) || event.key !== 'Enter' || event.shiftKey || event.ctrlKey) return;
            event.preventDefault();
            saveConclusion(c);
          }}></textarea>
        <p class="field-error" id="conclusion-error" role="alert" ?hidden=${!form.error}>${form.error}</p>
      </div>
      <div class="side-form-foot">
        <label class="visually-hidden" for="conclusion-section">${t('section')}</label>
        <select id="conclusion-section" class="input" .value=${live(form.section)} @change=${(event) => {
          form.section = event.target.value;
          c.changed();
        }}>
          ${SECTIONS.map((section) => html`<option value=${section}
            ?selected=${section === form.section}>${t(`section_${section}`)}</option>`)}
        </select>
        <button type="button" class="btn btn-quiet btn-small" @click=${() => cancelForm(c, 'conclusion')}>${t('cancel')}</button>
        <button class="btn btn-primary btn-small">${t('save')}</button>
      </div>
    </form>`;
}

// -- Directives --------------------------------------------------------------------------

/**
 * Open the form for a directive.
 *
 * @param {object} c the console
 * @param {object} [start] a directive to change, `{text, item_id}` for a new one, or nothing:
 *   then what was being typed, or a new one
 * @returns {boolean} false where it cannot be opened now
 */
export function openDirective(c, start = {}) {
  if (!c.editable || !c.live) return false;
  const id = start.id ?? null;
  const resume = c.ui.directive && id === null && !start.text;
  if (!resume && (!c.ui.directive || c.ui.directive.id !== id)) {
    keepForm(c, 'directive');
    c.ui.directive = fill(c, start);
  } else if (id === null && start.text) {
    // A draft stands there already: what comes now is added, neither is lost.
    const before = c.ui.directive.text.trim();
    c.ui.directive.text = before && before !== start.text ? `${before} ${start.text}` : start.text;
  }
  c.ui.directive.open = true;
  if (c.ui.conclusion) c.ui.conclusion.open = false;
  c.ui.tab = 'outcome';
  c.changed();
  c.focus(id === null && c.ui.directive.text ? '#lead-units' : '#directive-text');
  return true;
}

function fill(c, start) {
  return {
    id: start.id ?? null,
    base: start.revision ?? null,
    text: start.text ?? '',
    item_id: start.item_id ?? c.shown(),
    leads: { ids: start.lead_unit_ids ?? [], query: '', index: 0, open: false, error: '' },
    supports: { ids: start.supporting_unit_ids ?? [], query: '', index: 0, open: false, error: '' },
    due: split(c, start.due ?? null),
    due_text: start.due_text ?? '',
    errors: {},
  };
}

// A due date as the fields hold it: the kind, and one value for each kind of field.
function split(c, due) {
  const parts = { kind: 'none', day: '', time: '17:00', month: '', quarter: '', year: day(c.meeting.starts_at).slice(-4) };
  if (due === null) return parts;
  if (due === 'ongoing') return { ...parts, kind: 'ongoing' };
  const quarter = /^(\d{4})-Q(\d)$/.exec(due);
  if (quarter) return { ...parts, kind: 'quarter', year: quarter[1], quarter: quarter[2] };
  if (/^\d{4}-\d{2}$/.test(due)) return { ...parts, kind: 'month', year: due.slice(0, 4), month: due.slice(5) };
  if (/^\d{4}-\d{2}-\d{2}$/.test(due)) return { ...parts, kind: 'date', day: dueText(due) };
  const moment = inVietnam(due);
  return { ...parts, kind: 'moment', day: day(moment), time: clock(moment) };
}

// What the fields hold, in the form that docs/live.md gives; undefined where something is missing.
function join({ kind, day: typed, time, month, quarter, year }) {
  if (kind === 'none') return null;
  if (kind === 'ongoing') return 'ongoing';
  if (kind === 'date') return readDay(typed, year);
  if (kind === 'moment') {
    const [date, hour] = [readDay(typed, year), readTime(time)];
    return date && hour ? `${date}T${hour}:00+07:00` : undefined;
  }
  if (!/^\d{4}$/.test(year)) return undefined;
  if (kind === 'month') return month ? `${year}-${month}` : undefined;
  return quarter ? `${year}-Q${quarter}` : undefined;
}

// "30/11/2023", "30-11-23" or "30/11" as a date; undefined where there is no such day. Typed
// as offices write it: a browser's own field follows the browser's language, month first.
function readDay(text, year) {
  const found = /^\s*(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{2}|\d{4}))?\s*$/.exec(text);
  if (!found) return undefined;
  const [, date, month, typed = year] = found;
  const full = typed.length === 2 ? `20${typed}` : typed;
  const iso = `${full}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  const real = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(real.getTime()) && real.toISOString().startsWith(iso) ? iso : undefined;
}

// "17:00", "17h30", "17 giờ" or "17" as a time of day.
function readTime(text) {
  const found = /^\s*(\d{1,2})\s*(?:[:h.g]\D*(\d{1,2})?\D*)?$/i.exec(text);
  if (!found || Number(found[1]) > 23 || Number(found[2] ?? 0) > 59) return undefined;
  return `${found[1].padStart(2, '0')}:${(found[2] ?? '0').padStart(2, '0')}`;
}

function saveDirective(c) {
  const { t } = c;
  const form = c.ui.directive;
  const text = form.text.trim();
  const due = join(form.due);
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

function removeDirective(c, directive) {
  const { text, lead_unit_ids, supporting_unit_ids, due, due_text, item_id, at } = directive;
  const again = { text, lead_unit_ids, supporting_unit_ids, due, due_text, item_id, at };
  c.focus('#add-directive');
  c.send('directive.remove', { directive_id: directive.id }).then(() =>
    c.toast(c.t('directive_removed'), () => c.send('directive.add', again)),
  );
}

function onFormKey(c, event, name, save) {
  if (composing(event)) return;
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    save();
  } else if (event.key === 'Escape') {
    event.preventDefault();
    event.stopPropagation();
    cancelForm(c, name);
  }
}

// Close a form. A new text stays as a draft; changes of a recorded one can be had back.
function cancelForm(c, name) {
  const form = c.ui[name];
  const empty = !form.text.trim();
  if (form.id !== null || empty) {
    c.ui[name] = null;
    if (form.id !== null) {
      c.toast(c.t('edit_dropped'), () => {
        c.ui[name] = form;
        form.open = true;
        c.changed();
      });
    }
  } else {
    form.open = false;
  }
  c.changed();
  c.focus('#line');
}

function directiveForm(c) {
  const { t } = c;
  const form = c.ui.directive;
  if (form.theirs) {
    const mine = {
      text: form.text,
      lead_unit_ids: form.leads.ids,
      supporting_unit_ids: form.supports.ids,
      due: join(form.due),
      due_text: form.due_text,
    };
    return conflict(c, inWords(c, mine), inWords(c, form.theirs), {
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
            if (composing(event) || event.key !== 'Enter' || event.shiftKey || event.ctrlKey) return;
            event.preventDefault();
            c.focus('#lead-units');
          }}></textarea>
        <p class="field-error" id="directive-text-error" role="alert" ?hidden=${!form.errors.text}>${form.errors.text}</p>
      </div>
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

function dueFields(c, form) {
  const { t } = c;
  const { due, errors } = form;
  const bad = errors.due ? 'true' : nothing;
  const set = (name) => (event) => {
    due[name] = event.target.value;
    form.errors = {};
    c.changed();
  };
  const dayField = html`<input class="day" autocomplete="off" inputmode="numeric" aria-label=${t('due_day')}
    aria-invalid=${bad} placeholder=${t('due_day_form')} .value=${live(due.day)} @input=${set('day')}>`;
  const year = html`<input class="short" inputmode="numeric" maxlength="4" aria-label=${t('year')}
    aria-invalid=${bad} .value=${live(due.year)} @input=${set('year')}>`;
  const values = {
    date: dayField,
    moment: html`${dayField}<input class="short" autocomplete="off" aria-label=${t('due_time')} aria-invalid=${bad}
      .value=${live(due.time)} @input=${set('time')}>`,
    month: html`<select aria-label=${t('month')} aria-invalid=${bad} .value=${live(due.month)} @change=${set('month')}>
      <option value="">${t('month')}</option>
      ${Array.from({ length: 12 }, (_, at) => String(at + 1).padStart(2, '0')).map(
        (month) => html`<option value=${month} ?selected=${month === due.month}>${month}</option>`,
      )}</select>${year}`,
    quarter: html`<select aria-label=${t('quarter')} aria-invalid=${bad} .value=${live(due.quarter)} @change=${set('quarter')}>
      <option value="">${t('quarter')}</option>
      ${['I', 'II', 'III', 'IV'].map((name, at) => html`<option value=${at + 1}
        ?selected=${String(at + 1) === due.quarter}>${name}</option>`)}</select>${year}`,
  };
  return html`
    <div class="field due" data-zone="form">
      <label for="due-kind">${t('due')}</label>
      <div class="due-row">
        <select id="due-kind" .value=${live(due.kind)} @change=${set('kind')}>
          ${DUES.map((kind) => html`<option value=${kind} ?selected=${kind === due.kind}>${t(`due_kind_${kind}`)}</option>`)}
        </select>
        ${values[due.kind] ?? nothing}
      </div>
      <p class="field-error" role="alert" ?hidden=${!errors.due}>${errors.due}</p>
      <label class="visually-hidden" for="due-text">${t('due_text')}</label>
      <input id="due-text" autocomplete="off" maxlength="500" placeholder=${t('due_text')}
        .value=${live(form.due_text)} @input=${(event) => {
          form.due_text = event.target.value;
          c.changed();
        }}>
    </div>`;
}

// -- Refusals ----------------------------------------------------------------------------

/** The server refused something of this column: it comes back with the reason. */
export function outcomeRefused(c, command, error) {
  const [type, action] = command.name.split('.');
  const { args } = command;
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
    c.ui.directive = fill(c, { ...args, id, revision: args.base_revision });
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

function tools(c, edit, remove) {
  const { t } = c;
  return c.editable && c.live
    ? html`<div class="row-tools">
        <button class="btn btn-quiet btn-small" @click=${edit}>${t('edit')}</button>
        <button class="btn btn-quiet btn-small" @click=${remove}>${t('remove')}</button>
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
  const now = c.feed.sorted(type, byTime).map((object) => ahead(c, type, object)).filter(Boolean);
  const coming = c.feed.pending
    .filter(({ name }) => name === `${type}.add`)
    .map(({ id, args }) => ({ ...args, id, sending: true }));
  return [...now, ...coming];
}

function conclusionRow(c, conclusion) {
  const { t } = c;
  return html`<li class="outcome ${conclusion.sending ? 'sending' : ''}" id="conclusion-${conclusion.id}">
    <p class="prose">${conclusion.text}</p>
    ${conclusion.sending
      ? html`<p class="small muted">${t('sending')}</p>`
      : tools(c, () => openConclusion(c, conclusion), () => removeConclusion(c, conclusion))}
  </li>`;
}

// Units and deadline of a directive in words.
function facts(c, { lead_unit_ids: leads, supporting_unit_ids: supports, due, due_text: phrase }) {
  const names = (ids) => (ids ?? []).map((id) => unitName(c.feed.get('unit', id))).filter(Boolean).join(', ');
  return { leads: names(leads), supports: names(supports), due: phrase || dueText(due, c.t) };
}

// A directive as one text: it may be the units or the deadline that two people changed.
function inWords(c, directive) {
  const lines = Object.entries(facts(c, directive))
    .filter(([, value]) => value)
    .map(([name, value]) => `${c.t(name)}: ${value}`);
  return [directive.text, ...lines].join('\n');
}

function directiveRow(c, directive, at) {
  const { t } = c;
  const { leads, supports, due } = facts(c, directive);
  return html`<li class="outcome directive ${directive.sending ? 'sending' : ''}" id="directive-${directive.id}">
    <span class="outcome-number num">${at + 1}</span>
    <div class="outcome-body">
      <p class="prose">${directive.text}</p>
      <dl class="outcome-facts small">
        <div><dt>${t('leads')}</dt><dd>${leads || html`<span class="muted">${t('no_lead')}</span>`}</dd></div>
        ${supports ? html`<div><dt>${t('supports')}</dt><dd>${supports}</dd></div>` : nothing}
        ${due ? html`<div><dt>${t('due')}</dt><dd>${due}</dd></div>` : nothing}
      </dl>
      ${directive.sending
        ? html`<p class="small muted">${t('sending')}</p>`
        : tools(c, () => openDirective(c, directive), () => removeDirective(c, directive))}
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
    ? { ...form, lead_unit_ids: form.leads.ids, supporting_unit_ids: form.supports.ids, due: join(form.due) }
    : form;
  const words = (one) => (type === 'directive' ? inWords(c, one) : one.text);
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

/** Conclusions and directives, and the form that is open. */
export function outcome(c) {
  const { t } = c;
  const conclusions = listed(c, 'conclusion');
  const directives = listed(c, 'directive');
  const editing = c.editable && c.live;
  const draft = (form) => form && !form.open && form.text.trim();
  return html`
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
                <ul>${repeat(rows, (row) => row.id, (row) => conclusionRow(c, row))}</ul>`;
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

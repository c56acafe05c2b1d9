// A conclusion being written or changed.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { conflict } from './console-conflict.js';
import { cancelForm, keepForm, onFormKey } from './console-forms.js';
import { composing } from './console-units.js';

/** The parts of a notice that conclusions stand in, in their order. */
export const SECTIONS = ['assessment', 'shortcomings', 'tasks', 'organisation'];

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

/** Take a conclusion away; adding it anew is the way back. */
export function removeConclusion(c, conclusion) {
  const { text, section, item_id, at } = conclusion;
  c.focus('#add-conclusion');
  c.send('conclusion.remove', { conclusion_id: conclusion.id }).then(() =>
    c.toast(c.t('conclusion_removed'), () => c.send('conclusion.add', { text, section, item_id, at })),
  );
}

/** The form. */
export function conclusionForm(c) {
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

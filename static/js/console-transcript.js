// A transcript (WebVTT, or text with names) as draft lines: accepted one by one or all, edited or
// dropped. Nothing of it is recorded before it is accepted.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { readTime } from './console-due.js';
import { ENTRY_KINDS, lineField, speakerArgs, speakerOf, speakers, takePrefix } from './console-line.js';
import { rowKeys } from './console-rows.js';
import { clock, day, unitName } from './lib.js';
import { moments, NotATranscript, readTranscript, speakerNamed } from './transcript.js';

const LARGEST = 10_000_000; // bytes: a larger file is no text of a meeting
const SHOWN = 50; // drafts on the screen: those after them come as these are dealt with

/** Open the dialog that takes a transcript. */
export function openTranscript(c) {
  if (!c.live) return;
  if (c.shown() === null) {
    c.toast(c.t('no_item_yet'), null, true);
    return;
  }
  c.ui.import = { text: '', began: clock(c.meeting.opened_at), error: '' };
  c.open('transcript');
}

// -- Reading -----------------------------------------------------------------------------

async function takeFile(c, file) {
  if (!file) return;
  if (file.size > LARGEST) c.ui.import.error = c.t('transcript_large');
  else {
    // (What is no UTF-8 shows as U+FFFD, which the reader refuses.)
    c.ui.import.text = await file.text();
    read(c);
  }
  c.update();
}

function read(c) {
  const form = c.ui.import;
  const time = readTime(form.began);
  if (!time) {
    form.error = c.t('time_wrong');
    c.update();
    return;
  }
  let transcript;
  try {
    transcript = readTranscript(form.text);
  } catch (error) {
    if (!(error instanceof NotATranscript)) throw error;
    form.error = c.t(`transcript_${error.reason}`);
    c.update();
    return;
  }
  const opened = Date.parse(c.meeting.opened_at);
  const [date, month, year] = day(opened).split('/');
  // The field has no seconds: as it stands it means the opening itself.
  const began = time === clock(opened) ? opened : Date.parse(`${year}-${month}-${date}T${time}:00+07:00`);
  const at = moments(transcript, { began, from: opened, to: c.feed.now() });
  const people = candidates(c);
  const last = c.ui.transcript.at(-1)?.id ?? 0;
  const read = transcript.lines.map(({ name, text }, index) => ({
    id: last + index + 1, kind: 'opinion', text, at: at[index], speaker: speakerFor(name, people), editing: false, error: '',
  }));
  c.ui.transcript = [...c.ui.transcript, ...read];
  c.close();
  c.toast(c.t('transcript_read', { n: read.length }));
  c.focus(`#draft-${read[0].id}`);
}

function candidates(c) {
  return speakers(c).map((speaker) => {
    const unit = c.feed.get('unit', speaker.unit_id);
    return { speaker, name: speakerOf(c, speaker).name, units: [unitName(unit), unit?.name ?? ''] };
  });
}

function speakerFor(name, people) {
  if (name === '') return null;
  return speakerNamed(name, people)?.speaker ?? { speaker_name: name, unit_id: null };
}

/** The dialog. */
export function transcriptDialog(c) {
  const { t } = c;
  const form = c.ui.import;
  const set = (name) => (event) => {
    Object.assign(form, { [name]: event.target.value, error: '' });
    c.update();
  };
  return html`
    <h2 id="dialog-title">${t('transcript')}</h2>
    <p>${t('transcript_hint')}</p>
    <form class="form" @submit=${(event) => {
      event.preventDefault();
      read(c);
    }}>
      <div class="field">
        <label for="transcript-file">${t('transcript_file')}</label>
        <input id="transcript-file" type="file" accept=".vtt,.txt,text/vtt,text/plain"
          @change=${(event) => takeFile(c, event.target.files[0])}>
      </div>
      <div class="field">
        <label for="transcript-text">${t('transcript_paste')}</label>
        <textarea id="transcript-text" rows="6" autofocus .value=${live(form.text)} @input=${set('text')}
          aria-describedby="transcript-error" aria-invalid=${form.error ? 'true' : nothing} @keydown=${(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            read(c);
          }}></textarea>
        <p class="field-error" id="transcript-error" role="alert" ?hidden=${!form.error}>${form.error}</p>
      </div>
      <div class="field">
        <label for="transcript-began">${t('transcript_began')}</label>
        <input id="transcript-began" class="short" autocomplete="off" .value=${live(form.began)} @input=${set('began')}>
        <p class="field-hint">${t('transcript_began_hint')}</p>
      </div>
      <div class="actions">
        <button type="button" class="btn btn-quiet" @click=${() => c.close()}>${t('cancel')}</button>
        <button class="btn btn-primary">${t('transcript_take')} <kbd>Ctrl+Enter</kbd></button>
      </div>
    </form>`;
}

// -- The drafts --------------------------------------------------------------------------

function record(c, draft) {
  const { kind, at } = draft;
  const text = draft.text.trim();
  const args = { item_id: c.shown(), kind, text, ...speakerArgs(draft) };
  // The meeting may have been reopened since: then the moment is left to the server.
  c.send('discussion.add', at && at >= new Date(c.meeting.opened_at).toISOString() ? { ...args, at } : args);
}

function without(c, ids) {
  const at = c.ui.transcript.findIndex(({ id }) => ids.includes(id));
  c.ui.transcript = c.ui.transcript.filter(({ id }) => !ids.includes(id));
  const near = c.ui.transcript[at] ?? c.ui.transcript.at(-1);
  c.changed();
  c.focus(near ? `#draft-${near.id}` : '#line');
}

function accept(c, chosen) {
  if (c.shown() === null) {
    c.toast(c.t('no_item_yet'), null, true);
    return;
  }
  for (const draft of chosen) record(c, draft);
  without(c, chosen.map(({ id }) => id));
}

function drop(c, dropped) {
  const before = c.ui.transcript;
  without(c, dropped.map(({ id }) => id));
  c.toast(c.t('drafts_dropped', { n: dropped.length }), () => {
    const now = c.ui.transcript;
    // What was accepted since stays accepted.
    c.ui.transcript = before.filter((draft) => dropped.includes(draft) || now.includes(draft));
    c.changed();
    c.focus(`#draft-${dropped[0].id}`);
  });
}

function edit(c, draft) {
  draft.editing = true;
  c.changed();
  c.focus(`#draft-text-${draft.id}`);
}

function endEdit(c, draft) {
  takePrefix(draft, true, ENTRY_KINDS);
  if (draft.text.trim() === '') draft.error = c.t('line_empty');
  else draft.editing = false;
  c.changed();
  if (!draft.editing) c.focus(`#draft-${draft.id}`);
}

function row(c, draft, first) {
  const { t } = c;
  const { name, unit } = speakerOf(c, draft.speaker ?? {});
  const acts = {
    Enter: () => accept(c, [draft]),
    e: () => edit(c, draft),
    x: () => drop(c, [draft]),
    Delete: () => drop(c, [draft]),
    g: () => accept(c, c.ui.transcript),
  };
  return html`
    <li class="entry draft" id="draft-${draft.id}" data-row data-zone="draft" tabindex=${first ? 0 : -1}
      @keydown=${(event) => rowKeys(c, event, !draft.editing, acts)}>
      <span class="entry-time num">${clock(draft.at)}</span>
      <div class="entry-body">
        <p class="entry-head">
          ${name ? html`<b>${name}</b>` : html`<span class="muted">${t('no_speaker')}</span>`}
          ${unit ? html`<span class="muted">${unit}</span>` : nothing}
          ${name && !draft.speaker.person_id && !draft.speaker.unit_id ? html`<span class="badge">${t('draft_unknown')}</span>` : nothing}
          <span class="entry-kind entry-kind-${draft.kind}">${t(`kind_${draft.kind}`)}</span></p>
        ${draft.editing
          ? html`<div class="editor" data-zone="edit">${lineField(c, draft, {
              id: `draft-text-${draft.id}`,
              label: t('edit_line'),
              kinds: ENTRY_KINDS,
              onKey: (event) => {
                if (!['Enter', 'Escape'].includes(event.key) || event.shiftKey) return;
                event.preventDefault();
                event.stopPropagation();
                endEdit(c, draft);
              },
            })}<p class="field-error" id="draft-text-${draft.id}-error" role="alert" ?hidden=${!draft.error}>${draft.error}</p></div>`
          : html`<p class="prose entry-text" @click=${() => edit(c, draft)}>${draft.text}</p>`}
      </div>
      ${draft.editing
        ? nothing
        : html`<div class="row-tools">
            <button class="btn btn-quiet btn-small" tabindex="-1" @click=${acts.Enter}>${t('draft_accept')}</button>
            <button class="btn btn-quiet btn-small" tabindex="-1" @click=${acts.e}>${t('edit')}</button>
            <button class="btn btn-quiet btn-small" tabindex="-1" @click=${acts.x}>${t('draft_drop')}</button></div>`}
    </li>`;
}

/** The draft lines, below those that are recorded. */
export function drafts(c) {
  const { t } = c;
  const list = c.ui.transcript;
  if (list.length === 0) return nothing;
  const shown = list.slice(0, SHOWN);
  return html`
    <section class="drafts" aria-label=${t('drafts')}>
      <header class="side-head"><h3>${t('drafts')} <span class="muted num">${list.length}</span></h3>
        <div>
          <button class="btn btn-small" tabindex="-1" @click=${() => accept(c, list)}>${t('drafts_accept_all')} <kbd>g</kbd></button>
          <button class="btn btn-quiet btn-small" tabindex="-1" @click=${() => drop(c, list)}>${t('drafts_drop_all')}</button>
        </div></header>
      <ol>${repeat(shown, ({ id }) => id, (draft, at) => row(c, draft, at === 0))}</ol>
      ${list.length > SHOWN ? html`<p class="side-empty muted">${t('drafts_more', { n: list.length - SHOWN })}</p>` : nothing}
    </section>`;
}

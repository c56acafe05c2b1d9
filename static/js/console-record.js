// The centre: the record of one agenda item, newest at the bottom, above the one input line.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { guard } from '/static/vendor/lit-html/directives/guard.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { advance } from './console-agenda.js';
import { mark } from './console-chips.js';
import { composer } from './console-composer.js';
import { conflict } from './console-conflict.js';
import { ENTRY_KINDS, lineField, speakerArgs, speakerOf, takePrefix } from './console-line.js';
import { remarkForm, remarksOpen } from './console-remark.js';
import { rowKeys } from './console-rows.js';
import { drafts } from './console-transcript.js';
import { byTime, clock, day } from './lib.js';

// -- The lines ---------------------------------------------------------------------------

function entries(c) {
  const item = c.shown();
  return c.feed.sorted('entry', byTime).filter((entry) => entry.item_id === item);
}

// The latest text of an entry that is on its way, or undefined.
function onItsWay(c, name, id) {
  return c.feed.pending.findLast(
    (command) => command.name === name && command.args.entry_id === id,
  )?.args;
}

// Who speaks in an entry, as a line that is written holds it.
function speakerIn({ person_id = null, speaker_name = null, unit_id = null }) {
  return person_id || speaker_name ? { person_id, speaker_name, unit_id } : null;
}

function sameSpeaker(one, other) {
  return (one?.person_id ?? null) === (other?.person_id ?? null) && (one?.speaker_name ?? null) === (other?.speaker_name ?? null);
}

// Edit a line where it stands; `back` is what gets the focus afterwards.
function startEdit(c, entry, back = `#entry-${entry.id}`) {
  if (!c.live) return;
  c.ui.edits[entry.id] ??= {
    text: onItsWay(c, 'discussion.update', entry.id)?.text ?? entry.text,
    kind: entry.kind,
    speaker: speakerIn(entry),
    base: entry.revision,
    original: entry,
  };
  c.ui.edits[entry.id].back = back;
  c.changed();
  c.focus(`#edit-${entry.id}`);
}

/** Edit the newest line of the item that is looked at; the input line gets the focus back. */
export function editLast(c) {
  const last = entries(c).at(-1);
  if (last) startEdit(c, last, '#line');
}

function saveEdit(c, id) {
  const edit = c.ui.edits[id];
  takePrefix(edit, true, ENTRY_KINDS);
  const text = edit.text.trim();
  if (text === '') {
    edit.error = c.t('line_empty');
    c.update();
    return;
  }
  delete c.ui.edits[id];
  const args = changes(c.feed.get('entry', id), { ...edit, text });
  if (args) c.send('discussion.update', { entry_id: id, base_revision: edit.base, ...args });
  c.changed();
  c.focus(edit.back);
}

// What an edit changes of the entry as it stands; null where that is nothing.
function changes(now, { text, kind, speaker }) {
  const args = { text };
  if (kind !== now?.kind) args.kind = kind;
  if (!sameSpeaker(speaker, speakerIn(now ?? {}))) Object.assign(args, { person_id: null }, speakerArgs({ kind, speaker }));
  return text === now?.text && Object.keys(args).length === 1 ? null : args;
}

function cancelEdit(c, id) {
  const edit = c.ui.edits[id];
  delete c.ui.edits[id];
  c.changed();
  c.focus(edit.back);
  if (changes(edit.original, { ...edit, text: edit.text.trim() })) {
    c.toast(c.t('edit_dropped'), () => {
      c.ui.edits[id] = edit;
      c.changed();
      c.focus(`#edit-${id}`);
    });
  }
}

// Remove a line; adding it anew is the way back.
function removeEntry(c, entry) {
  if (!c.live) return;
  const list = entries(c);
  const at = list.findIndex((other) => other.id === entry.id);
  const near = list[at + 1] ?? list[at - 1];
  const { item_id, kind, text, at: spoken, carried_id, progress } = entry;
  const again = {
    item_id, kind, text, at: spoken, ...speakerArgs({ kind, speaker: speakerIn(entry) }),
    ...(carried_id === undefined ? {} : { carried_id, unit_id: entry.unit_id }), ...(progress === undefined ? {} : { progress }),
  };
  c.focus(near ? `#entry-${near.id}` : '#line');
  c.send('discussion.remove', { entry_id: entry.id }).then(() =>
    c.toast(c.t('line_removed'), () => c.send('discussion.add', again)),
  );
}

// One key makes a line a conclusion or a directive as well; the way back is offered.
function concludeFrom(c, entry, type) {
  const { text, item_id, at } = entry;
  const more = type === 'directive' ? { lead_unit_ids: [], supporting_unit_ids: [], due: null } : { section: 'tasks' };
  // Twice the same key is a slip.
  const already = [...c.feed.all(type), ...c.feed.pending.map(({ args }) => args)]
    .some((one) => one.text === text && one.item_id === item_id && one.at === at);
  if (already) {
    c.toast(c.t(`already_${type}`));
    return;
  }
  c.ui.tab = 'outcome';
  c.send(`${type}.add`, { text, item_id, at, ...more }).then((made) => {
    if (type === 'directive') mark(c, made.id);
    c.toast(c.t(`made_${type}`), () => c.send(`${type}.remove`, { [`${type}_id`]: made.id }));
  });
}

/** The server refused a line or a change of one: the text stays, with the reason. */
export function entryRefused(c, command, error) {
  const { args } = command;
  if (command.name === 'discussion.add' || command.name === 'discussion.remark') {
    c.ui.failed.push({ id: command.id, name: command.name, args, error: error.message });
  } else if (command.name === 'discussion.update') {
    const now = c.feed.get('entry', args.entry_id);
    // A conflict without another text has another reason: the meeting is closed, say.
    const theirs = error.code === 'conflict' && error.current?.text !== undefined;
    c.ui.edits[args.entry_id] = {
      text: args.text,
      kind: args.kind ?? now?.kind,
      speaker: speakerIn({ ...now, ...args }),
      base: args.base_revision,
      original: now ?? { text: '' },
      error: theirs ? '' : error.message,
      theirs: theirs ? error.current : null,
      back: '#line',
    };
  } else {
    c.toast(error.message, null, true);
  }
  c.changed();
}

function editor(c, id, edit) {
  const { t } = c;
  const gone = !c.feed.get('entry', id);
  if (edit.theirs) {
    return conflict(c, edit.text, edit.theirs.text, {
      keep: () => {
        edit.base = edit.theirs.revision;
        saveEdit(c, id);
      },
      take: () => {
        delete c.ui.edits[id];
        c.changed();
        c.focus(edit.back);
      },
      merge: () => {
        edit.text = `${edit.theirs.text}\n${edit.text}`;
        edit.base = edit.theirs.revision;
        edit.theirs = null;
        c.changed();
        c.focus(`#edit-${id}`);
      },
    });
  }
  const onKey = (event) => {
    if (gone || !['Enter', 'Escape'].includes(event.key) || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Enter') saveEdit(c, id);
    else cancelEdit(c, id);
  };
  return html`
    <div class="editor" data-zone="edit">
      ${gone
        ? html`<p class="field-error">${t('line_gone')}</p>`
        : html`<p class="entry-head">${headText(c, { kind: edit.kind, ...speakerArgs(edit) })}</p>`}
      ${lineField(c, edit, { id: `edit-${id}`, label: t('edit_line'), kinds: ENTRY_KINDS, onKey })}
      <p class="field-error" id="edit-${id}-error" role="alert" ?hidden=${!edit.error}>${edit.error}</p>
      <div class="actions">
        ${gone
          ? html`<button type="button" class="btn btn-small" @click=${() => toLine(c, edit.text, () => {
              delete c.ui.edits[id];
            })}>${t('to_line')}</button>`
          : html`<button type="button" class="btn btn-small btn-primary"
              @click=${() => saveEdit(c, id)}>${t('save')} <kbd>Enter</kbd></button>
            <button type="button" class="btn btn-small btn-quiet"
              @click=${() => cancelEdit(c, id)}>${t('cancel')} <kbd>Esc</kbd></button>`}
      </div>
    </div>`;
}

// Bring a text back into the input line, before whatever stands there.
function toLine(c, text, afterwards) {
  const { line } = c.ui;
  line.text = line.text ? `${text} ${line.text}` : text;
  afterwards();
  c.changed();
  c.focus('#line');
}

// A line is drawn anew only where something has changed that shows in it; the one that is being
// edited each time.
function row(c, entry, last) {
  const edit = c.ui.edits[entry.id];
  const changed = onItsWay(c, 'discussion.update', entry.id);
  const removed = onItsWay(c, 'discussion.remove', entry.id);
  const names = ['person', 'participant', 'unit'].map((type) => c.feed.version(type));
  const seen = [entry, edit ? {} : null, changed?.text, removed, last, c.live, ...names];
  return guard(seen, () => drawnRow(c, entry, last, { edit, changed, removed }));
}

function drawnRow(c, entry, last, { edit, changed, removed }) {
  const { t } = c;
  const state = changed || removed ? 'sending' : '';
  const acts = {
    e: () => startEdit(c, entry),
    Enter: () => startEdit(c, entry),
    x: () => removeEntry(c, entry),
    Delete: () => removeEntry(c, entry),
    k: () => concludeFrom(c, entry, 'conclusion'),
    d: () => concludeFrom(c, entry, 'directive'),
  };
  return html`
    <li class="entry ${state}" id="entry-${entry.id}" data-row data-zone="entry" tabindex=${last ? 0 : -1}
      @keydown=${(event) => rowKeys(c, event, c.live && !edit && !state, acts)}>
      <time class="entry-time num" datetime=${entry.at}>${clock(entry.at)}</time>
      <div class="entry-body">
        ${edit && !edit.theirs ? nothing : head(c, entry)}
        ${edit
          ? editor(c, entry.id, edit)
          : html`<p class="prose entry-text" @click=${() => c.live && !document.getSelection().toString() && startEdit(c, entry)}
              >${changed?.text ?? entry.text}</p>`}
        ${state ? html`<p class="small muted">${t(removed ? 'removing' : 'sending')}</p>` : nothing}
      </div>
      ${c.live && !edit && !state
        ? html`<div class="row-tools">
            <button class="btn btn-quiet btn-small" tabindex="-1" @click=${() => startEdit(c, entry)}>${t('edit')}</button>
            <button class="btn btn-quiet btn-small" tabindex="-1" @click=${() => removeEntry(c, entry)}>${t('remove')}</button>
          </div>`
        : nothing}
    </li>`;
}

function head(c, entry) {
  return html`<p class="entry-head">${headText(c, entry)}
    ${entry.late ? html`<span class="badge">${c.t('late_remark')}</span>` : nothing}</p>`;
}

function headText(c, entry) {
  const { name, unit } = speakerOf(c, entry);
  return html`
    ${name || unit ? html`<b>${name || unit}</b>` : nothing}
    ${name && unit ? html`<span class="muted">${unit}</span>` : nothing}
    <span class="entry-kind entry-kind-${entry.kind}">${c.t(`kind_${entry.kind}`)}</span>`;
}

// A line that has no answer yet, or was refused.
function waiting(c, { id, name, args, error }) {
  const { t } = c;
  const forget = () => {
    c.ui.failed = c.ui.failed.filter((other) => other.id !== id);
  };
  return html`
    <li class="entry ${error ? 'failed' : 'sending'}">
      <span class="entry-time num">${error ? '!' : '…'}</span>
      <div class="entry-body">
        ${head(c, args)}
        <p class="prose entry-text">${args.text}</p>
        ${error
          ? html`<p class="field-error" role="alert">${error}</p>
              <div class="actions">
                <button class="btn btn-small" @click=${() => {
                  forget();
                  c.send(name, args);
                  if (args.item_id !== c.shown()) c.show(args.item_id);
                  c.changed();
                }}>${t('send_again')}</button>
                <button class="btn btn-small btn-quiet" @click=${() => toLine(c, args.text, forget)}>${t('to_line')}</button>
              </div>`
          : html`<p class="small muted">${t(c.feed.state === 'live' ? 'sending' : 'to_be_sent')}</p>`}
      </div>
    </li>`;
}

/**
 * The centre column.
 *
 * @param {object} c the console
 * @param {*} toast what just happened, shown where the eyes are
 */
export function record(c, toast) {
  const { t } = c;
  const item = c.feed.get('agenda_item', c.shown());
  const list = entries(c);
  const mine = (args) => args.item_id === c.shown();
  const adds = ({ name }) => name === 'discussion.add' || name === 'discussion.remark';
  const sent = c.feed.pending.filter((command) => adds(command) && mine(command.args));
  // What was refused stays in sight, whichever item is shown.
  const failed = c.ui.failed.filter(adds);
  const orphans = Object.entries(c.ui.edits).filter(([id]) => !c.feed.get('entry', id));
  const elsewhere = item && c.live && item.id !== c.meeting.current_item_id;
  return html`
    <section class="pane record" aria-label=${t('record')} data-column="record">
      <header class="pane-head">
        <h2 class="clip">${item ? item.title : t('record')}</h2>
        ${elsewhere
          ? html`<button class="btn btn-quiet btn-small push" @click=${() => {
              c.show(null);
              c.focus('#line');
            }}>${t(c.meeting.current_item_id === null ? 'leave_item' : 'back_to_current')}</button>`
          : nothing}
      </header>
      <div class="pane-body" id="record-body">
        ${list.length + sent.length + failed.length + orphans.length === 0 && !(c.live && c.ui.transcript.length > 0)
          ? emptyRecord(c, item)
          : nothing}
        <ol class="entries" aria-label=${t('lines')}>
          ${repeat(list, (entry) => entry.id, (entry, at) => row(c, entry, at === list.length - 1))}
          ${repeat([...sent, ...failed], (command) => command.id, (command) => waiting(c, command))}
          ${repeat(orphans, ([id]) => id, ([id, edit]) => html`
            <li class="entry failed"><span class="entry-time">!</span>
              <div class="entry-body">${editor(c, Number(id), edit)}</div></li>`)}
        </ol>
        ${c.live ? drafts(c) : nothing}
      </div>
      ${toast}
      ${c.live ? composer(c) : nothing}
      ${!c.live && c.ui.line.text.trim()
        ? html`<div class="unsaved"><p class="prose">${c.ui.line.text}</p>
            <p class="field-error" role="alert">${t('drafts_left')}</p></div>`
        : nothing}
      ${remarksOpen(c) ? remarkForm(c) : nothing}
      ${c.meeting.closed_at
        ? html`<p class="pane-foot muted">${t('closed_since', { time: clock(c.meeting.closed_at), day: day(c.meeting.closed_at) })}
            <a class="push" href="/meetings/${c.meeting.id}/documents">${t('documents')}</a></p>`
        : nothing}
    </section>`;
}

function emptyRecord(c, item) {
  const { t } = c;
  if (!c.live) return html`<div class="empty"><p>${t('no_lines')}</p></div>`;
  if (item) {
    return html`<div class="empty"><p class="empty-title">${t('no_lines')}</p><p>${t('no_lines_hint')}</p></div>`;
  }
  const over = c.feed.all('agenda_item').some((other) => other.state === 'done');
  return over
    ? html`<div class="empty"><p class="empty-title">${t('agenda_over')}</p><p>${t('agenda_over_hint')}</p></div>`
    : html`<div class="empty"><p class="empty-title">${t('not_begun')}</p>
        <p><button class="btn btn-primary" @click=${() => advance(c)}>${t('first_item')} <kbd>n</kbd></button></p></div>`;
}


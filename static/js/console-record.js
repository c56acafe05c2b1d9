// The centre: the record of one agenda item, newest at the bottom, and the one input line.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { guard } from '/static/vendor/lit-html/directives/guard.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { advance, ending, items } from './console-agenda.js';
import { conflict } from './console-conflict.js';
import { openDirective } from './console-outcome.js';
import { best, composing } from './console-units.js';
import { byTime, clock, day, fold, unitName } from './lib.js';

/** What a line may be, with the prefix that chooses it. The last two go to the right column. */
const KINDS = [
  ['report', 'bc'],
  ['opinion', 'yk'],
  ['question', 'hoi'],
  ['answer', 'dap'],
  ['note', 'ghi'],
  ['conclusion', 'kl'],
  ['directive', 'cd'],
];
const OUTCOMES = ['conclusion', 'directive'];

// -- Who speaks --------------------------------------------------------------------------

function unitOf(c, personId) {
  const invited = c.feed.all('participant').find((other) => other.person_id === personId);
  return invited?.unit_id ?? c.feed.get('person', personId)?.unit_id ?? null;
}

/** Name, unit and title of a speaker, which is an entry or what the input line holds. */
function speakerOf(c, { person_id: personId, speaker_name: name, unit_id: unitId }) {
  const person = c.feed.get('person', personId);
  const unit = c.feed.get('unit', unitId ?? (personId ? unitOf(c, personId) : null));
  return { name: person?.name ?? name ?? '', title: person?.title ?? '', unit: unitName(unit) };
}

// Everyone who may be speaking: participants in protocol order, then who stands in for one.
function speakers(c) {
  const all = [];
  const invited = c.feed.all('participant').sort((one, other) => one.position - other.position);
  for (const { person_id: personId, unit_id: unitId } of invited) {
    all.push({ person_id: personId, unit_id: unitId });
  }
  for (const { deputy_name: name, unit_id: unitId, person_id: personId } of c.feed.all('attendance')) {
    if (name) all.push({ speaker_name: name, unit_id: unitId, for: personId });
  }
  return all;
}

function speakerText(c, speaker) {
  const { name, title, unit } = speakerOf(c, speaker);
  const full = c.feed.get('unit', speaker.unit_id)?.name ?? '';
  return `${name} ${unit} ${title} ${full}`;
}

/** An item begins: its presenter is likely to speak first, whoever spoke before is done. */
export function presenterSpeaks(c, item) {
  const { line } = c.ui;
  // What is half typed was said by whoever stands beside it; the change waits until it is sent.
  line.stale = line.text !== '';
  if (line.stale) return;
  const unit = item?.presenter_unit_id ?? null;
  // (A group has no person of its own.)
  const who = unit === null ? null : speakers(c).find((speaker) => speaker.unit_id === unit);
  line.speaker = who ?? null;
  line.kind = who && reports(c, item, who) ? 'report' : 'opinion';
  delete line.before;
}

// Reports are read to the chair: neither the chair reads one, nor whoever closes the meeting
// for the unit that holds it.
function reports(c, item, who) {
  const { chair_ids: chairs, organizer_unit_id: organizer } = c.meeting;
  const closing = item.id === items(c).at(-1).id && item.presenter_unit_id === organizer;
  return !closing && !chairs.includes(who.person_id);
}

// The "@…" before the caret, or null.
function mention(field) {
  const before = field.value.slice(0, field.selectionStart);
  const found = /(?:^|\s)@([^@\n]{0,40})$/.exec(before);
  if (!found || found[1].split(' ').length > 5) return null;
  return { from: before.length - found[1].length - 1, to: before.length, query: found[1] };
}

function completions(c) {
  const { menu } = c.ui;
  if (!menu) return [];
  const found = best(speakers(c), menu.query, (speaker) => speakerText(c, speaker), 7);
  const query = menu.query.trim();
  if (query !== '' && found.length === 0) found.push({ speaker_name: query, unit_id: null, free: true });
  if (query === '') found.push({ none: true });
  return found;
}

function choose(c, speaker) {
  const { line, menu } = c.ui;
  const before = line.text.slice(0, menu.from).replace(/\s+$/, '');
  const after = line.text.slice(menu.to).replace(/^\s+/, '');
  line.text = before && after ? `${before} ${after}` : before + after;
  // A report is read by one unit; whoever speaks next gives an opinion on it.
  if (line.kind === 'report' && line.speaker && line.speaker.unit_id !== speaker.unit_id) {
    line.kind = 'opinion';
  }
  line.speaker = speaker.none ? null : speaker;
  c.ui.menu = null;
  c.changed();
  c.focus('#line');
}

// -- The input line ----------------------------------------------------------------------

// "/yk " at the start chooses the kind and goes away; "/yk" alone is enough when sent.
function takePrefix(line, ended) {
  const found = (ended ? /^\/(\S+)(?:\s+|$)/ : /^\/(\S+)\s/).exec(line.text);
  const kind = found && KINDS.find(([, prefix]) => prefix === fold(found[1]))?.[0];
  if (!kind) return;
  chooseKind(line, kind);
  line.text = line.text.slice(found[0].length);
}

// A conclusion or a directive is for once: the kind before it comes back afterwards.
function chooseKind(line, kind) {
  if (OUTCOMES.includes(kind) && !OUTCOMES.includes(line.kind)) line.before = line.kind;
  line.kind = kind;
}

/** Send the input line on its way. */
function submit(c) {
  const { line } = c.ui;
  takePrefix(line, true);
  const text = line.text.trim();
  const item = c.shown();
  line.error = '';
  if (line.kind === 'directive') {
    if (openDirective(c, { text, item_id: item })) line.text = '';
    line.kind = line.before ?? 'opinion';
  } else if (text === '') {
    // Nothing to add.
  } else if (line.kind === 'conclusion') {
    c.send('conclusion.add', { text, item_id: item, section: 'tasks' });
    c.ui.tab = 'outcome';
    line.text = '';
    line.kind = line.before ?? 'opinion';
  } else if (item === null) {
    line.error = c.t(c.feed.all('agenda_item').some(({ state }) => state === 'done') ? 'no_item_left' : 'no_item_yet');
  } else {
    const args = { item_id: item, kind: line.kind, text };
    if (line.speaker && line.kind !== 'note') {
      if (line.speaker.person_id) args.person_id = line.speaker.person_id;
      else args.speaker_name = line.speaker.speaker_name;
      if (line.speaker.unit_id) args.unit_id = line.speaker.unit_id;
    }
    c.send('discussion.add', args);
    line.text = '';
    c.ui.stick = true;
  }
  if (line.stale) presenterSpeaks(c, c.feed.get('agenda_item', c.meeting.current_item_id));
  c.changed();
}

function onLineInput(c, event) {
  const { line } = c.ui;
  line.text = event.target.value;
  line.error = '';
  const before = line.text;
  // The text must not change under an input method that is still at work on it.
  if (!event.isComposing) takePrefix(line, false);
  const found = before === line.text ? mention(event.target) : null;
  if (!found) c.ui.closedAt = null;
  c.ui.menu = found && c.ui.closedAt !== found.from ? { ...found, index: 0 } : null;
  c.changed();
}

function onLineKey(c, event) {
  if (composing(event)) return;
  const { line, menu } = c.ui;
  const options = completions(c);
  if (menu && options.length > 0) {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      menu.index = (menu.index + step + options.length) % options.length;
      c.update();
      return;
    }
    if ((event.key === 'Enter' && !event.ctrlKey) || event.key === 'Tab') {
      event.preventDefault();
      choose(c, options[menu.index] ?? options[0]);
      return;
    }
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      c.ui.closedAt = menu.from;
      c.ui.menu = null;
      c.update();
      return;
    }
  }
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    // What stands here was said in this item, so it is recorded before the next begins.
    if (line.text.trim()) submit(c);
    if (line.error) return;
    // The keys that save elsewhere must not end the whole agenda by a slip.
    if (ending(c)) c.toast(c.t('last_item'));
    else advance(c);
  } else if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    submit(c);
  } else if (event.key === 'ArrowUp' && line.text === '') {
    event.preventDefault();
    const last = entries(c).at(-1);
    if (last) startEdit(c, last, '#line');
  }
}

// Opens the list of speakers as "@" does, for those who use the mouse.
function askSpeaker(c) {
  const { line } = c.ui;
  const field = document.querySelector('#line');
  const space = line.text === '' || line.text.endsWith(' ') ? '' : ' ';
  line.text += `${space}@`;
  field.value = line.text;
  c.ui.closedAt = null;
  c.ui.menu = { from: line.text.length - 1, to: line.text.length, query: '', index: 0 };
  c.changed();
  c.focus('#line');
}

function composer(c) {
  const { t } = c;
  const { line, menu } = c.ui;
  const options = completions(c);
  const index = menu ? Math.min(menu.index, options.length - 1) : 0;
  const who = line.speaker ? speakerOf(c, line.speaker) : null;
  return html`
    <form class="composer" data-zone="line" @submit=${(event) => {
      event.preventDefault();
      submit(c);
    }}>
      <div class="composer-chips">
        <button type="button" class="chip ${who ? 'chip-on' : ''}"
          title=${who ? [who.name, who.title, who.unit].filter(Boolean).join(', ') : nothing} @click=${() => askSpeaker(c)}
          ?disabled=${line.kind === 'note' || OUTCOMES.includes(line.kind)}>
          <kbd>@</kbd>
          ${who
            ? html`<span class="clip"><b>${who.name}</b>${who.unit ? ` · ${who.unit}` : ''}</span>`
            : t('who_speaks')}
        </button>
        <div class="kinds" role="radiogroup" aria-label=${t('kind')} @keydown=${(event) => {
          const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          if (!step) return;
          event.preventDefault();
          const at = KINDS.findIndex(([kind]) => kind === line.kind) + step + KINDS.length;
          chooseKind(line, KINDS[at % KINDS.length][0]);
          c.changed();
          c.focus('.kind[aria-checked="true"]');
        }}>
          ${KINDS.map(([kind, prefix]) => html`
            <button type="button" class="kind" role="radio" aria-checked=${line.kind === kind}
              title="/${prefix}" tabindex=${line.kind === kind ? 0 : -1} @click=${() => {
                chooseKind(line, kind);
                c.changed();
                c.focus('#line');
              }}>${t(`kind_${kind}`)}</button>`)}
        </div>
      </div>
      <div class="composer-box">
        <div class="menu composer-menu" id="line-menu" role="listbox" aria-label=${t('who_speaks')}
          ?hidden=${options.length === 0}>
          ${options.map((option, at) => html`
            <div class="menu-item" role="option" id="speaker-${at}" aria-selected=${at === index}
              @mousedown=${(event) => event.preventDefault()} @click=${() => choose(c, option)}>
              ${speakerOption(c, option)}</div>`)}
        </div>
        <textarea id="line" rows="1" class="grow-field" aria-label=${t('line_label')}
          aria-autocomplete="list" aria-controls="line-menu"
          aria-activedescendant=${options.length > 0 ? `speaker-${index}` : nothing}
          aria-describedby="line-error" aria-invalid=${line.error ? 'true' : nothing}
          placeholder=${t(OUTCOMES.includes(line.kind) ? `line_${line.kind}` : 'line_placeholder')}
          .value=${live(line.text)} @input=${(event) => onLineInput(c, event)}
          @keydown=${(event) => onLineKey(c, event)} @blur=${() => {
            c.ui.menu = null;
            c.update();
          }}></textarea>
        <button class="btn btn-primary" tabindex="-1">${t('add')} <kbd>Enter</kbd></button>
      </div>
      <p class="field-error" id="line-error" role="alert" ?hidden=${!line.error}>${line.error}</p>
    </form>`;
}

function speakerOption(c, option) {
  if (option.none) return html`<span class="muted">${c.t('no_speaker')}</span>`;
  if (option.free) return c.t('other_speaker', { name: option.speaker_name });
  const { name, title, unit } = speakerOf(c, option);
  const instead = option.for ? c.t('deputy_for', { name: c.feed.get('person', option.for)?.name ?? '' }) : title;
  return html`${name} <small>${[instead, unit].filter(Boolean).join(' · ')}</small>`;
}

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

/** Edit a line where it stands; `back` is what gets the focus afterwards. */
export function startEdit(c, entry, back = `#entry-${entry.id}`) {
  if (!c.editable) return;
  c.ui.edits[entry.id] ??= {
    text: onItsWay(c, 'discussion.update', entry.id)?.text ?? entry.text,
    base: entry.revision,
    original: entry,
  };
  c.ui.edits[entry.id].back = back;
  c.changed();
  c.focus(`#edit-${entry.id}`);
}

function saveEdit(c, id) {
  const edit = c.ui.edits[id];
  const text = edit.text.trim();
  if (text === '') {
    edit.error = c.t('line_empty');
    c.update();
    return;
  }
  delete c.ui.edits[id];
  if (text !== c.feed.get('entry', id)?.text) {
    c.send('discussion.update', { entry_id: id, base_revision: edit.base, text });
  }
  c.changed();
  c.focus(edit.back);
}

function cancelEdit(c, id) {
  const edit = c.ui.edits[id];
  delete c.ui.edits[id];
  c.changed();
  c.focus(edit.back);
  if (edit.text.trim() !== edit.original.text) {
    c.toast(c.t('edit_dropped'), () => {
      c.ui.edits[id] = edit;
      c.changed();
      c.focus(`#edit-${id}`);
    });
  }
}

/** Remove a line; adding it anew is the way back. */
export function removeEntry(c, entry) {
  if (!c.editable) return;
  const list = entries(c);
  const at = list.findIndex((other) => other.id === entry.id);
  const near = list[at + 1] ?? list[at - 1];
  const { item_id, kind, text, person_id, speaker_name, unit_id } = entry;
  const again = { item_id, kind, text, at: entry.at };
  if (person_id) again.person_id = person_id;
  else if (speaker_name) again.speaker_name = speaker_name;
  if (unit_id) again.unit_id = unit_id;
  c.focus(near ? `#entry-${near.id}` : '#line');
  c.send('discussion.remove', { entry_id: entry.id }).then(() =>
    c.toast(c.t('line_removed'), () => c.send('discussion.add', again)),
  );
}

/** The server refused a line or a change of one: the text stays, with the reason. */
export function entryRefused(c, command, error) {
  const { args } = command;
  if (command.name === 'discussion.add') {
    c.ui.failed.push({ id: command.id, name: command.name, args, error: error.message });
  } else if (command.name === 'discussion.update') {
    const now = c.feed.get('entry', args.entry_id);
    // A conflict without another text has another reason: the meeting is closed, say.
    const theirs = error.code === 'conflict' && error.current?.text !== undefined;
    c.ui.edits[args.entry_id] = {
      text: args.text,
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
    if (composing(event)) return;
    if (event.key === 'Enter' && !event.shiftKey && !gone) {
      event.preventDefault();
      saveEdit(c, id);
    } else if (event.key === 'Escape' && !gone) {
      event.preventDefault();
      event.stopPropagation();
      cancelEdit(c, id);
    }
  };
  return html`
    <div class="editor" data-zone="edit">
      ${gone ? html`<p class="field-error">${t('line_gone')}</p>` : nothing}
      <textarea id="edit-${id}" class="grow-field" rows="1" aria-label=${t('edit_line')}
        aria-describedby="edit-${id}-error" .value=${live(edit.text)} @input=${(event) => {
          edit.text = event.target.value;
          edit.error = '';
          c.changed();
        }} @keydown=${onKey}></textarea>
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
  const seen = [entry, edit ? {} : null, changed?.text, removed, last, c.editable, ...names];
  return guard(seen, () => drawnRow(c, entry, last, { edit, changed, removed }));
}

function drawnRow(c, entry, last, { edit, changed, removed }) {
  const { t } = c;
  const state = changed || removed ? 'sending' : '';
  return html`
    <li class="entry ${state}" id="entry-${entry.id}" data-entry=${entry.id} data-zone="entry"
      tabindex=${last ? 0 : -1}>
      <time class="entry-time num" datetime=${entry.at}>${clock(entry.at)}</time>
      <div class="entry-body">
        ${head(c, entry)}
        ${edit
          ? editor(c, entry.id, edit)
          : html`<p class="prose entry-text" @click=${() => !document.getSelection().toString() && startEdit(c, entry)}
              >${changed?.text ?? entry.text}</p>`}
        ${state ? html`<p class="small muted">${t(removed ? 'removing' : 'sending')}</p>` : nothing}
      </div>
      ${c.editable && !edit && !state
        ? html`<div class="row-tools">
            <button class="btn btn-quiet btn-small" tabindex="-1" @click=${() => startEdit(c, entry)}>${t('edit')}</button>
            <button class="btn btn-quiet btn-small" tabindex="-1" @click=${() => removeEntry(c, entry)}>${t('remove')}</button>
          </div>`
        : nothing}
    </li>`;
}

function head(c, entry) {
  const { name, unit } = speakerOf(c, entry);
  return html`<p class="entry-head">
    ${name || unit ? html`<b>${name || unit}</b>` : nothing}
    ${name && unit ? html`<span class="muted">${unit}</span>` : nothing}
    <span class="entry-kind entry-kind-${entry.kind}">${c.t(`kind_${entry.kind}`)}</span></p>`;
}

// A line that has no answer yet, or was refused.
function waiting(c, { id, args, error }) {
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
                  c.send('discussion.add', args);
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
  const sent = c.feed.pending.filter(({ name, args }) => name === 'discussion.add' && mine(args));
  // What was refused stays in sight, whichever item is shown.
  const failed = c.ui.failed.filter(({ name }) => name === 'discussion.add');
  const orphans = Object.entries(c.ui.edits).filter(([id]) => !c.feed.get('entry', id));
  const elsewhere = item && c.live && item.id !== c.meeting.current_item_id;
  return html`
    <section class="pane record" aria-label=${t('record')}>
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
        ${list.length + sent.length + failed.length + orphans.length === 0 ? emptyRecord(c, item) : nothing}
        <ol class="entries" aria-label=${t('lines')}>
          ${repeat(list, (entry) => entry.id, (entry, at) => row(c, entry, at === list.length - 1))}
          ${repeat([...sent, ...failed], (command) => command.id, (command) => waiting(c, command))}
          ${repeat(orphans, ([id]) => id, ([id, edit]) => html`
            <li class="entry failed"><span class="entry-time">!</span>
              <div class="entry-body">${editor(c, Number(id), edit)}</div></li>`)}
        </ol>
      </div>
      ${toast}
      ${c.live ? composer(c) : nothing}
      ${!c.live && c.ui.line.text.trim()
        ? html`<div class="unsaved"><p class="prose">${c.ui.line.text}</p>
            <p class="field-error" role="alert">${t('drafts_left')}</p></div>`
        : nothing}
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


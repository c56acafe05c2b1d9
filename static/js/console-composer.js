// The one input line, below the record: what is said, and what is concluded from it.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { advance, ending, items } from './console-agenda.js';
import { acceptAll, drop, dueChip, enterChips, lineHost, mark, proposalChips, wasRead } from './console-chips.js';
import { openConclusion } from './console-conclusion.js';
import { openDirective } from './console-directive.js';
import {
  askName, chooseKind, inTheirPlace, isOutcome, KINDS, lineField, speakerArgs, speakerOf, speakers, takePrefix,
} from './console-line.js';
import { callNext, speaking } from './console-speakers.js';
import { unitName } from './lib.js';

// -- Who speaks next ---------------------------------------------------------------------

/**
 * Another item begins, or somebody else has the floor: the next line is theirs. What is half typed
 * was said by whoever stands beside it; the change waits until it is sent.
 */
export function nextSpeaks(c) {
  const { line } = c.ui;
  line.stale = line.text !== '';
  if (line.stale) return;
  const floor = speaking(c);
  if (floor) {
    line.speaker = inTheirPlace(c, floor.person_id);
    line.kind = floor.reply_to === null ? 'opinion' : 'answer';
  } else {
    presenterSpeaks(c, c.feed.get('agenda_item', c.meeting.current_item_id));
  }
  delete line.before;
}

// An item's presenter is likely to speak first, whoever spoke before is done.
function presenterSpeaks(c, item) {
  const { line } = c.ui;
  const unit = item?.presenter_unit_id ?? null;
  // (A group has no person of its own.)
  const who = unit === null ? null : speakers(c).find((speaker) => speaker.unit_id === unit);
  line.speaker = who ?? null;
  line.kind = who && reports(c, item, who) ? 'report' : 'opinion';
}

// Reports are read to the chair: neither the chair reads one, nor whoever closes the meeting
// for the unit that holds it.
function reports(c, item, who) {
  const { chair_ids: chairs, organizer_unit_id: organizer } = c.meeting;
  const closing = item.id === items(c).at(-1).id && item.presenter_unit_id === organizer;
  return !closing && !chairs.includes(who.person_id);
}

// -- Sending -----------------------------------------------------------------------------

/** Send the input line on its way. */
function submit(c) {
  const { line } = c.ui;
  takePrefix(line, true, KINDS);
  line.error = '';
  const text = line.text.trim();
  const item_id = c.shown();
  if (isOutcome(line.kind)) conclude(c, { text, item_id });
  else if (text !== '' && item_id === null) {
    line.error = c.t(c.feed.all('agenda_item').some(({ state }) => state === 'done') ? 'no_item_left' : 'no_item_yet');
  } else if (text !== '') {
    c.send('discussion.add', { item_id, kind: line.kind, text, ...speakerArgs(line) });
    line.text = '';
    c.ui.stick = true;
  }
  if (line.stale) nextSpeaks(c);
  c.changed();
}

// A conclusion or a directive is given with the same Enter; an empty one opens its form.
function conclude(c, start) {
  const { line } = c.ui;
  const directive = line.kind === 'directive';
  c.ui.tab = 'outcome';
  if (start.text === '') {
    if (directive) toForm(c);
    else openConclusion(c);
  } else if (directive) {
    // Given faster than it was understood: what is understood then is proposed in its row.
    const unread = !wasRead(lineHost(c));
    c.send('directive.add', { ...start, ...units(line) }).then(({ id }) => unread && mark(c, id));
  } else {
    c.send('conclusion.add', { ...start, section: 'tasks' });
  }
  clear(line);
}

// What has been accepted, and nothing else.
function units({ lead_unit_ids: leads = [], supporting_unit_ids: supports = [], due = null, due_text = null }) {
  return { lead_unit_ids: leads, supporting_unit_ids: supports, due, due_text };
}

// A directive that needs a deadline, or more thought, goes on in its form.
function toForm(c) {
  const { line } = c.ui;
  const { rejected } = line;
  if (openDirective(c, { text: line.text.trim(), item_id: c.shown(), ...units(line), rejected })) clear(line);
  c.changed();
}

function clear(line) {
  line.text = '';
  line.kind = line.before ?? 'opinion';
  for (const name of ['lead_unit_ids', 'supporting_unit_ids', 'due', 'due_text', 'rejected']) delete line[name];
}

function onKey(c, event) {
  const { line } = c.ui;
  const directive = line.kind === 'directive';
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && directive) {
    // (Never on to the next item: here these keys take all that is proposed.)
    acceptAll(c, lineHost(c));
    submit(c);
  } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    // What stands here was said in this item, so it is recorded before the next begins.
    if (line.text.trim()) submit(c);
    // The keys that save elsewhere must not end the whole agenda by a slip.
    if (line.error) c.update();
    else if (ending(c)) c.toast(c.t('last_item'));
    else advance(c);
  } else if (event.key === 'Enter' && event.altKey) {
    if (line.text.trim()) submit(c);
    if (!line.error) callNext(c);
  } else if (event.key === 'Enter' && !event.shiftKey) {
    submit(c);
  } else if (event.key === 'Tab' && !event.shiftKey && directive) {
    if (!acceptAll(c, lineHost(c))) toForm(c);
  } else if (event.key === 'Tab' && directive) {
    if (!enterChips(c, lineHost(c))) return;
  } else if (event.key === 'ArrowUp' && line.text === '') {
    c.editLast();
  } else {
    return;
  }
  event.preventDefault();
}

// -- What is shown -----------------------------------------------------------------------

/** The composer: chips for who speaks and which kind, and the line. */
export function composer(c) {
  const { t } = c;
  const { line } = c.ui;
  return html`
    <form class="composer" data-zone="line" @submit=${(event) => {
      event.preventDefault();
      submit(c);
    }}>
      <div class="composer-chips">
        ${line.kind === 'directive' ? unitChips(c) : speakerChip(c)}
        ${kindChips(c, line, KINDS, 'line')}
      </div>
      ${line.kind === 'directive' ? proposalChips(c, lineHost(c)) : nothing}
      <div class="composer-box">
        ${lineField(c, line, {
          id: 'line',
          label: t('line_label'),
          placeholder: t(isOutcome(line.kind) ? `line_${line.kind}` : 'line_placeholder'),
          kinds: KINDS,
          onKey: (event) => onKey(c, event),
        })}
        <button class="btn btn-primary" tabindex="-1">${t(line.kind === 'directive' ? 'give' : 'add')} <kbd>Enter</kbd></button>
      </div>
      <p class="field-error" id="line-error" role="alert" ?hidden=${!line.error}>${line.error}</p>
    </form>`;
}

function speakerChip(c) {
  const { line } = c.ui;
  const who = line.speaker ? speakerOf(c, line.speaker) : null;
  return html`
    <button type="button" class="chip ${who ? 'chip-on' : ''}"
      title=${who ? [who.name, who.title, who.unit].filter(Boolean).join(', ') : nothing} @click=${() => askName(c, line, 'line')}
      ?disabled=${line.kind === 'note' || isOutcome(line.kind)}>
      <kbd>@</kbd>
      ${who
        ? html`<span class="clip"><b>${who.name}</b>${who.unit ? ` · ${who.unit}` : ''}</span>`
        : c.t('who_speaks')}
    </button>`;
}

// What a directive has been given so far: who leads, who supports, by when.
function unitChips(c) {
  const { t } = c;
  const { line } = c.ui;
  const host = lineHost(c);
  const chip = (part) => (id) => html`
    <span class="chip chip-on"><span class="clip">${t(part)}: <b>${unitName(c.feed.get('unit', id))}</b></span>
      <button type="button" class="chip-remove" aria-label=${t('remove_unit', { name: unitName(c.feed.get('unit', id)) })}
        @click=${() => drop(c, host, part, id)}>×</button></span>`;
  return html`
    <div class="unit-chips">
      ${host.held.leads.map(chip('leads'))}${host.held.supports.map(chip('supports'))}${dueChip(c, host)}
      <button type="button" class="chip" @click=${() => askName(c, line, 'line')}><kbd>@</kbd> ${t('which_unit')}</button>
    </div>`;
}

/**
 * The kinds of a line, to choose one.
 *
 * @param {object} c the console
 * @param {object} line
 * @param {Array} kinds
 * @param {string} id the line's field, which has the focus afterwards
 */
export function kindChips(c, line, kinds, id) {
  const take = (kind, focus) => {
    chooseKind(line, kind);
    c.changed();
    c.focus(focus);
  };
  return html`
    <div class="kinds" role="radiogroup" aria-label=${c.t('kind')} @keydown=${(event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      const at = kinds.findIndex(([kind]) => kind === line.kind) + step + kinds.length;
      take(kinds[at % kinds.length][0], '.kind[aria-checked="true"]');
    }}>
      ${kinds.map(([kind, prefix]) => html`
        <button type="button" class="kind" role="radio" aria-checked=${line.kind === kind}
          title="/${prefix}" tabindex=${line.kind === kind ? 0 : -1} @click=${() => take(kind, `#${id}`)}
          >${c.t(`kind_${kind}`)}</button>`)}
    </div>`;
}

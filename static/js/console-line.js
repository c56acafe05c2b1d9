// A line that is being written: who speaks, which kind, and the list that completes a name. The
// input line, a line that is edited and a draft from a transcript are all written in one.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { best, composing, unitChoices } from './console-units.js';
import { fold, unitName } from './lib.js';
import { invited } from './room-model.js';

/** What a line of the record may be, with the prefix that chooses it. */
export const ENTRY_KINDS = [
  ['report', 'bc'],
  ['opinion', 'yk'],
  ['question', 'h'],
  ['answer', 'tl'],
  ['note', 'gc'],
];
/** What goes to the right column. */
const OUTCOME_KINDS = [
  ['conclusion', 'kl'],
  ['directive', 'cd'],
];
export const KINDS = [...ENTRY_KINDS, ...OUTCOME_KINDS];

/** Whether a kind goes to the right column. */
export function isOutcome(kind) {
  return OUTCOME_KINDS.some(([name]) => name === kind);
}

// -- Who speaks --------------------------------------------------------------------------

function unitOf(c, personId) {
  const seat = invited(c.feed).find((other) => other.person_id === personId);
  return seat?.unit_id ?? c.feed.get('person', personId)?.unit_id ?? null;
}

/** Name, title and unit of a speaker, which is an entry or what a line holds. */
export function speakerOf(c, { person_id: personId, speaker_name: name, unit_id: unitId }) {
  const person = c.feed.get('person', personId);
  const unit = c.feed.get('unit', unitId ?? (personId ? unitOf(c, personId) : null));
  return { name: person?.name ?? name ?? '', title: person?.title ?? '', unit: unitName(unit) };
}

/** Everyone who may be speaking: participants in protocol order, then who stands in for one. */
export function speakers(c) {
  const all = [];
  for (const { person_id: personId, unit_id: unitId } of invited(c.feed)) {
    all.push({ person_id: personId, unit_id: unitId });
  }
  for (const { deputy_name: name, unit_id: unitId, person_id: personId } of c.feed.all('attendance')) {
    if (name) all.push({ speaker_name: name, unit_id: unitId, for: personId });
  }
  return all;
}

/** Who speaks where a participant is called: their deputy, where they have sent one. */
export function inTheirPlace(c, personId) {
  const all = speakers(c);
  return all.find((one) => one.for === personId) ?? all.find((one) => one.person_id === personId) ?? null;
}

/** What a search for a speaker looks through. */
export function speakerText(c, speaker) {
  const { name, title, unit } = speakerOf(c, speaker);
  const full = c.feed.get('unit', speaker.unit_id)?.name ?? '';
  return `${name} ${unit} ${title} ${full}`;
}

/** The arguments of a command that say who speaks; nobody does in a note. */
export function speakerArgs({ kind, speaker }) {
  if (!speaker || kind === 'note') return {};
  const who = speaker.person_id ? { person_id: speaker.person_id } : { speaker_name: speaker.speaker_name };
  return speaker.unit_id ? { ...who, unit_id: speaker.unit_id } : who;
}

// -- The prefix --------------------------------------------------------------------------

/**
 * "/yk " at the start chooses the kind and goes away.
 *
 * @param {object} line
 * @param {boolean} ended the line is being sent: "/yk" alone is enough
 * @param {Array} kinds those that this line may be
 */
export function takePrefix(line, ended, kinds) {
  const found = (ended ? /^\/(\S+)(?:\s+|$)/ : /^\/(\S+)\s/).exec(line.text);
  const kind = found && kinds.find(([, prefix]) => prefix === fold(found[1]))?.[0];
  if (!kind) return;
  chooseKind(line, kind);
  line.text = line.text.slice(found[0].length);
}

/** A conclusion or a directive is for once: the kind before it comes back afterwards. */
export function chooseKind(line, kind) {
  if (isOutcome(kind) && !isOutcome(line.kind)) line.before = line.kind;
  line.kind = kind;
}

// -- The list that completes a name ------------------------------------------------------

// The "@…" before the caret, or null.
function mention(field) {
  const before = field.value.slice(0, field.selectionStart);
  const found = /(?:^|\s)@([^@\n]{0,40})$/.exec(before);
  if (!found || found[1].split(' ').length > 5) return null;
  return { from: before.length - found[1].length - 1, to: before.length, query: found[1] };
}

function completions(c, line, menu) {
  if (line.kind === 'directive') return unitChoices(c, menu.query, unitsOf(line)).map((unit) => ({ unit }));
  const found = best(speakers(c), menu.query, (speaker) => speakerText(c, speaker), 7);
  const query = menu.query.trim();
  if (query !== '' && found.length === 0) found.push({ speaker_name: query, unit_id: null, free: true });
  if (query === '') found.push({ none: true });
  return found;
}

function unitsOf({ lead_unit_ids: leads = [], supporting_unit_ids: supports = [] }) {
  return [...leads, ...supports];
}

// The name goes out of the text and becomes what it means. Of a directive's units the first
// leads; Tab takes one that supports.
function choose(c, line, id, option, second = false) {
  const { menu } = c.ui;
  const before = line.text.slice(0, menu.from).replace(/\s+$/, '');
  const after = line.text.slice(menu.to).replace(/^\s+/, '');
  line.text = before && after ? `${before} ${after}` : before + after;
  if (option.unit) {
    const part = second ? 'supporting_unit_ids' : 'lead_unit_ids';
    line[part] = [...(line[part] ?? []), option.unit.id];
  } else {
    // A report is read by one unit; whoever speaks next gives an opinion on it.
    if (line.kind === 'report' && line.speaker && line.speaker.unit_id !== option.unit_id) line.kind = 'opinion';
    line.speaker = option.none ? null : option;
  }
  c.ui.menu = null;
  c.changed();
  c.focus(`#${id}`);
}

function onInput(c, line, { id, kinds }, event) {
  line.text = event.target.value;
  line.error = '';
  const before = line.text;
  // The text must not change under an input method that is still at work on it.
  if (!event.isComposing) takePrefix(line, false, kinds);
  const found = before === line.text ? mention(event.target) : null;
  if (!found) c.ui.closedAt = null;
  c.ui.menu = found && c.ui.closedAt !== found.from ? { ...found, id, index: 0 } : null;
  c.changed();
}

// A key that is meant for the list; true where it was.
function onMenuKey(c, line, id, event) {
  const { menu } = c.ui;
  const options = menu?.id === id ? completions(c, line, menu) : [];
  if (options.length === 0) return false;
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const step = event.key === 'ArrowDown' ? 1 : -1;
    menu.index = (menu.index + step + options.length) % options.length;
    c.update();
  } else if ((event.key === 'Enter' && !event.ctrlKey && !event.altKey) || event.key === 'Tab') {
    choose(c, line, id, options[menu.index] ?? options[0], event.key === 'Tab');
  } else if (event.key === 'Escape') {
    c.ui.closedAt = menu.from;
    c.ui.menu = null;
    c.update();
  } else {
    return false;
  }
  event.preventDefault();
  event.stopPropagation();
  return true;
}

/** Open the list as "@" does, for those who use the mouse. */
export function askName(c, line, id) {
  const field = document.getElementById(id);
  const space = line.text === '' || line.text.endsWith(' ') ? '' : ' ';
  line.text += `${space}@`;
  field.value = line.text;
  c.ui.closedAt = null;
  c.ui.menu = { id, from: line.text.length - 1, to: line.text.length, query: '', index: 0 };
  c.changed();
  c.focus(`#${id}`);
}

/**
 * The field of a line, with its list.
 *
 * @param {object} c the console
 * @param {object} line `{text, kind, speaker, error}`: changed as it is written
 * @param {object} field
 * @param {string} field.id the element's
 * @param {string} field.label
 * @param {string} [field.placeholder]
 * @param {Array} field.kinds those that a prefix may choose
 * @param {(event: KeyboardEvent) => void} field.onKey hears every key that is neither the input
 *   method's nor the list's
 */
export function lineField(c, line, field) {
  const { id, label, placeholder = '', onKey } = field;
  const menu = c.ui.menu?.id === id ? c.ui.menu : null;
  const options = menu ? completions(c, line, menu) : [];
  const index = menu ? Math.min(menu.index, options.length - 1) : 0;
  const forUnits = line.kind === 'directive';
  return html`
    <div class="menu line-menu" id="${id}-menu" role="listbox" aria-label=${c.t(forUnits ? 'which_unit' : 'who_speaks')}
      ?hidden=${options.length === 0}>
      ${options.map((option, at) => html`
        <div class="menu-item" role="option" id="${id}-option-${at}" aria-selected=${at === index}
          @mousedown=${(event) => event.preventDefault()} @click=${() => choose(c, line, id, option)}>
          ${optionText(c, option)}</div>`)}
      ${forUnits ? html`<p class="menu-foot small muted">${c.t('unit_menu_keys')}</p>` : nothing}
    </div>
    <textarea id=${id} rows="1" class="grow-field" aria-label=${label} placeholder=${placeholder}
      aria-autocomplete="list" aria-controls="${id}-menu"
      aria-activedescendant=${options.length > 0 ? `${id}-option-${index}` : nothing}
      aria-describedby="${id}-error" aria-invalid=${line.error ? 'true' : nothing}
      .value=${live(line.text)} @input=${(event) => onInput(c, line, field, event)}
      @keydown=${(event) => {
        if (!composing(event) && !onMenuKey(c, line, id, event)) onKey(event);
      }} @blur=${() => {
        c.ui.menu = null;
        c.update();
      }}></textarea>`;
}

function optionText(c, option) {
  if (option.unit) {
    const { unit } = option;
    return html`${unitName(unit)} ${unit.short_name ? html`<small>${unit.name}</small>` : nothing}`;
  }
  if (option.none) return html`<span class="muted">${c.t('no_speaker')}</span>`;
  if (option.free) return c.t('other_speaker', { name: option.speaker_name });
  const { name, title, unit } = speakerOf(c, option);
  const instead = option.for ? c.t('deputy_for', { name: c.feed.get('person', option.for)?.name ?? '' }) : title;
  return html`${name} <small>${[instead, unit].filter(Boolean).join(' · ')}</small>`;
}

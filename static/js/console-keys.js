// The keys: which of them work now, in the foot line, and all of them on a sheet.

import { html } from '/static/vendor/lit-html/lit-html.js';
import { ending } from './console-agenda.js';
import { formHost, hasProposals, lineHost, mayAcceptAll } from './console-chips.js';
import { KINDS } from './console-line.js';
import { setting } from './lib.js';

const MOVE = ['↑ ↓', 'key_move'];
const SAVE = [['Enter', 'key_save'], ['Esc', 'key_cancel']];
const EDIT = [['Enter', 'key_save'], ['Shift+Enter', 'key_newline'], ['Esc', 'key_cancel']];

// By the zone that has the focus; without one, by the state of the meeting.
const KEYS = {
  line: [['Enter', 'key_add'], ['Shift+Enter', 'key_newline'], ['@', 'key_speaker'], ['/', 'key_kind'],
    ['↑', 'key_edit_last'], ['Alt+Enter', 'key_call'], ['Ctrl+Enter', 'key_next'], ['Esc', 'key_leave']],
  directive_line: [['Enter', 'key_give'], ['Ctrl+Enter', 'key_accept_give'], ['Tab', 'key_accept_all'],
    ['Shift+Tab', 'key_proposals'], ['@', 'key_units'], ['Tab', 'key_due'], ['Esc', 'key_leave']],
  proposal: [['Enter', 'key_accept'], ['x', 'key_drop'], ['← →', 'key_choose'], ['Esc', 'key_line']],
  edit: [...EDIT.slice(0, 2), ['@', 'key_speaker'], ['/', 'key_kind'], EDIT[2]],
  details: SAVE,
  conclusion: EDIT,
  directive: [['Enter', 'key_next_field'], ['Ctrl+Enter', 'key_save'], ['Esc', 'key_cancel']],
  form: [['Ctrl+Enter', 'key_save'], ['Esc', 'key_cancel']],
  question: [['Enter', 'key_put'], ['Tab', 'key_secret'], ['Esc', 'key_leave']],
  hands: SAVE,
  headcount: [['Enter', 'key_next_field'], ['Esc', 'key_leave']],
  remark: [['Enter', 'key_add'], ['/', 'key_kind'], ['Esc', 'key_leave']],
  asking: [['Enter', 'key_ask'], ['↑ ↓', 'key_choose'], ['Esc', 'key_leave']],
  entry: [MOVE, ['e', 'key_edit'], ['k', 'key_to_conclusion'], ['d', 'key_to_directive'], ['x', 'key_remove'], ['i', 'key_line']],
  draft: [MOVE, ['Enter', 'key_accept'], ['e', 'key_edit'], ['x', 'key_drop'], ['g', 'key_accept_all'], ['i', 'key_line']],
  queue: [MOVE, ['Enter', 'key_call_this'], ['Alt+↑ ↓', 'key_order'], ['x', 'key_withdraw'], ['p', 'key_ask'], ['i', 'key_line']],
  floor: [['h', 'key_finish'], ['r', 'key_reply'], ['m', 'key_call'], ['p', 'key_ask'], ['i', 'key_line']],
  done: [MOVE, ['r', 'key_reply'], ['i', 'key_line']],
  outcome: [MOVE, ['e', 'key_edit'], ['x', 'key_remove'], ['i', 'key_line']],
  given: [MOVE, ['r', 'key_answers'], ['e', 'key_edit'], ['x', 'key_remove'], ['y', 'key_accept_marked'], ['i', 'key_line']],
  answer: [MOVE, ['1', 'reply_understood'], ['2', 'reply_clarify'], ['i', 'key_line']],
  answer_note: [['Enter', 'key_save'], ['Esc', 'key_cancel']],
  carried: [MOVE, ['Enter', 'carried_report'], ['i', 'key_line']],
  carried_form: [['Enter', 'key_save'], ['Shift+Enter', 'key_newline'], ['Esc', 'key_cancel']],
  vote: [['Enter', 'key_close_vote'], ['t', 'key_hands'], ['x', 'key_remove'], ['i', 'key_line']],
  vote_closed: [MOVE, ['t', 'key_hands'], ['i', 'key_line']],
  attendance: [['1', 'status_on_site'], ['2', 'status_online'], ['3', 'status_absent'], ['0', 'status_unknown'],
    ['t', 'key_details'], ['v', 'key_left'], MOVE, ['i', 'key_line']],
  agenda: [MOVE, ['Enter', 'key_look'], ['v', 'key_go_to'], ['q', 'key_skip'], ['Alt+↑ ↓', 'key_order'], ['+', 'key_insert'],
    ['e', 'key_edit'], ['x', 'key_remove']],
  live: [['i', 'key_line'], ['n', 'key_next'], ['m', 'key_call'], ['h', 'key_finish'], ['p', 'key_ask'], ['b', 'key_votes'],
    ['k', 'key_conclusion'], ['d', 'key_directive'], ['s', 'key_screen'], ['z', 'undo']],
  scheduled: [['o', 'key_open'], ['a', 'key_attendance'], ['c', 'key_agenda'], ['s', 'key_screen']],
  closed: [['o', 'reopen_meeting'], MOVE, ['c', 'key_agenda'], ['a', 'key_attendance'], ['b', 'key_votes'], ['i', 'late_remark']],
};
// What the foot line has no room for.
const MORE = [['c', 'key_agenda'], ['a', 'key_attendance'], ['g', 'key_fit'], ['t', 'key_transcript'], ['[ ]', 'key_page'],
  ['w', 'key_close_meeting'], ['← →', 'key_column'], MOVE, ['?', 'keys']];

/** The foot line. */
export function foot(c) {
  const { t } = c;
  const here = c.ui.zone === 'line' && c.ui.line.kind === 'directive' ? 'directive_line' : c.ui.zone;
  let zone = KEYS[here] ?? KEYS[c.meeting.state] ?? [];
  // Tab takes what is proposed before it leads on to the form.
  if (here === 'directive_line') {
    const host = lineHost(c);
    const [any, all] = [hasProposals(c, host), mayAcceptAll(c, host)];
    const shown = { key_accept_give: all, key_accept_all: all, key_proposals: any, key_due: !all };
    zone = zone.filter(([, word]) => shown[word] ?? true);
  } else if (here === 'directive' && c.ui.directive && mayAcceptAll(c, formHost(c))) {
    zone = [['Tab', 'key_accept_all'], ...zone];
  }
  // At the last item these do not go on, and `n` says what it ends.
  if (c.live && ending(c)) {
    zone = zone
      .filter(([key]) => key !== 'Ctrl+Enter' || c.ui.zone !== 'line')
      .map(([key, word]) => (word === 'key_next' ? [key, 'key_end_agenda'] : [key, word]));
  }
  return html`
    <footer class="foot">
      <h2 class="visually-hidden">${t('keys')}</h2>
      <ul>${zone.map(([key, word]) => html`<li><kbd>${key}</kbd> ${t(word)}</li>`)}</ul>
      <ul class="push">
        <li><a href="?lang=${t('other_lang')}" lang=${t('other_lang')}>${t('other_lang_name')}</a></li>
        <li><button class="btn btn-quiet btn-small" @click=${() => c.open('keys')}><kbd>?</kbd> ${t('keys')}</button></li>
      </ul>
    </footer>`;
}

/** The sheet of all keys, and the switch for those that are a single letter (WCAG 2.1.4). */
export function keysDialog(c) {
  const { t } = c;
  const group = (title, keys) => html`<section><h3>${title}</h3>
    <dl class="keys">${keys.map(([key, word]) => html`<dt><kbd>${key}</kbd></dt><dd>${t(word)}</dd>`)}</dl></section>`;
  const acts = (zone, more = []) => [...KEYS[zone], ...more].filter(([key]) => !['↑ ↓', 'i', 'Esc', '/'].includes(key));
  return html`
    <h2 id="dialog-title">${t('keys')}</h2>
    <div class="key-groups">
      ${group(t('keys_anywhere'), [KEYS.scheduled[0], ...KEYS.live, ...MORE])}
      ${group(t('line_label'), [...acts('line'), ...KINDS.map(([kind, prefix]) => [`/${prefix}`, `kind_${kind}`])])}
      ${group(t('keys_directive'), acts('directive_line'))}
      ${group(t('lines'), acts('entry'))}
      ${group(t('directives'), [...acts('given'), ...acts('answer')])}
      ${group(t('speakers'), [...acts('queue'), ['r', 'key_reply']])}
      ${group(t('agenda'), acts('agenda'))}
      ${group(t('votes'), acts('vote'))}
      ${group(t('attendance'), acts('attendance'))}
      ${group(t('drafts'), acts('draft'))}
    </div>
    <label class="check"><input type="checkbox" .checked=${c.keysOn} @change=${(event) => {
      setting.set('keys-off', event.target.checked ? null : true);
      c.update();
    }}> ${t('keys_switch')}</label>
    <form method="dialog" class="actions"><button class="btn btn-primary" autofocus>${t('dismiss')}</button></form>`;
}

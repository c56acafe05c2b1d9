// The tab for votes: a question is put, hands are counted, the vote is closed.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { question } from './console-dialogs.js';
import { rowKeys } from './console-rows.js';
import { composing } from './console-units.js';
import { clock } from './lib.js';
import { notVoted } from './room-model.js';

const CHOICES = ['for', 'against', 'abstain'];

// Open ones first, then the newest.
function votes({ feed }) {
  const rank = ({ state }) => (state === 'open' ? 0 : 1);
  return feed.all('vote').sort((one, other) => rank(one) - rank(other) || other.id - one.id);
}

/** How many votes are open. */
export function openVotes({ feed }) {
  return feed.all('vote').filter(({ state }) => state === 'open').length;
}

/** To the open vote, or to the field for a question. */
export function focusVotes(c) {
  c.ui.tab = 'votes';
  const [first] = votes(c);
  c.focus(first?.state === 'open' ? `#vote-${first.id}` : '#vote-question');
}

// -- Putting a question ------------------------------------------------------------------

function put(c) {
  const form = c.ui.vote;
  const text = form.text.trim();
  if (text === '') {
    form.error = c.t('question_empty');
    c.update();
    return;
  }
  const item = c.shown() === null ? {} : { item_id: c.shown() };
  c.send('vote.open', { question: text, secret: form.secret, ...item }).then(({ id }) => {
    // Whoever has gone on writing elsewhere meanwhile is left there.
    if (document.activeElement?.closest('[data-zone="question"]')) c.focus(`#vote-${id}`);
  });
  c.ui.vote = { text: '', secret: false, error: '' };
  c.changed();
}

/** The server refused something of a vote: a question comes back, with the reason. */
export function voteRefused(c, { name, args }, error) {
  if (name === 'vote.open' && !c.ui.vote.text.trim()) {
    c.ui.vote = { text: args.question, secret: args.secret, error: error.message };
    c.ui.tab = 'votes';
  } else {
    c.toast(error.message, null, true);
  }
  c.changed();
}

function questionForm(c) {
  const { t } = c;
  const form = c.ui.vote;
  return html`
    <form class="side-form" data-zone="question" @submit=${(event) => {
      event.preventDefault();
      put(c);
    }}>
      <div class="field">
        <label for="vote-question">${t('new_vote')}</label>
        <textarea id="vote-question" class="grow-field" rows="1" maxlength="2000" .value=${live(form.text)}
          placeholder=${t('question_hint')} aria-describedby="vote-question-error" aria-invalid=${form.error ? 'true' : nothing}
          @input=${(event) => {
            Object.assign(form, { text: event.target.value, error: '' });
            c.changed();
          }} @keydown=${(event) => {
            if (composing(event) || event.key !== 'Enter' || event.shiftKey) return;
            event.preventDefault();
            put(c);
          }}></textarea>
        <p class="field-error" id="vote-question-error" role="alert" ?hidden=${!form.error}>${form.error}</p>
      </div>
      <div class="side-form-foot">
        <label class="check"><input type="checkbox" id="vote-secret" .checked=${live(form.secret)} @change=${(event) => {
          form.secret = event.target.checked;
          c.changed();
        }} @keydown=${(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          put(c);
        }}> ${t('vote_secret')}</label>
        <button class="btn btn-primary btn-small push">${t('open_vote')}</button>
      </div>
    </form>`;
}

// -- A vote ------------------------------------------------------------------------------

function ask(c, vote, act) {
  c.ui.asked = { vote: vote.id, act };
  c.open('vote');
}

function result(c, counts) {
  return html`<dl class="vote-counts">${CHOICES.map((choice) => html`
    <div><dt>${c.t(`choice_${choice}`)}</dt><dd class="num">${counts[choice]}</dd></div>`)}</dl>`;
}

function handsForm(c, vote) {
  const { t } = c;
  const typed = c.ui.hands[vote.id] ?? {};
  const save = (event) => {
    event.preventDefault();
    const hands = {};
    for (const choice of CHOICES) hands[choice] = Number(typed[choice] ?? vote.hands?.[choice] ?? 0);
    if (Object.values(hands).some((count) => !Number.isInteger(count) || count < 0)) {
      c.toast(t('hands_wrong'), null, true);
      return;
    }
    delete c.ui.hands[vote.id];
    c.send('vote.count', { vote_id: vote.id, hands }).then(() => c.toast(t('hands_saved')));
    c.focus(`#vote-${vote.id}`);
  };
  return html`
    <form class="hands" data-zone="hands" aria-label=${t('hands')} @submit=${save} @keydown=${(event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      c.focus(`#vote-${vote.id}`);
    }}>
      <span class="small muted">${t('hands')}</span>
      ${CHOICES.map((choice) => html`
        <label class="small">${t(`choice_${choice}`)}
          <input class="input short" inputmode="numeric" maxlength="6" id="hands-${vote.id}-${choice}"
            .value=${live(typed[choice] ?? String(vote.hands?.[choice] ?? ''))} @input=${(event) => {
              c.ui.hands[vote.id] = { ...c.ui.hands[vote.id], [choice]: event.target.value };
              c.update();
            }}></label>`)}
      <button class="btn btn-small">${t('save')}</button>
    </form>`;
}

function row(c, vote, first) {
  const { t } = c;
  const open = vote.state === 'open';
  const left = notVoted(c.feed, vote);
  const item = c.feed.get('agenda_item', vote.item_id);
  const acts = {
    Enter: () => open && ask(c, vote, 'close'),
    t: () => !vote.secret && c.focus(`#hands-${vote.id}-for`),
    x: () => open && ask(c, vote, 'remove'),
  };
  return html`
    <li class="vote" id="vote-${vote.id}" data-row data-zone=${open ? 'vote' : 'vote_closed'} tabindex=${first ? 0 : -1}
      @keydown=${(event) => rowKeys(c, event, c.live, acts)}>
      <p class="vote-facts small"><span class="badge ${open ? 'badge-live' : ''}">${t(open ? 'vote_open' : 'vote_closed')}</span>
        <span>${t(vote.secret ? 'secret' : 'public')}</span>
        <span class="muted">${open ? clock(vote.opened_at) : clock(vote.closed_at)}${item ? ` · ${item.title}` : ''}</span></p>
      <p class="prose"><b>${vote.question}</b></p>
      ${vote.counts ? result(c, vote.counts) : nothing}
      ${open
        ? html`<p>${t('votes_cast', { n: vote.voter_ids.length - left.length, of: vote.voter_ids.length })}</p>
            ${left.length > 0
              ? html`<p class="small muted">${t('not_voted')}: ${left.map((id) => c.feed.get('person', id)?.name).join(', ')}</p>`
              : nothing}`
        : nothing}
      ${c.live && !vote.secret ? handsForm(c, vote) : nothing}
      ${c.live && open
        ? html`<div class="actions">
            <button class="btn btn-small btn-primary" tabindex="-1" @click=${acts.Enter}>${t('close_vote')} <kbd>Enter</kbd></button>
            <button class="btn btn-small btn-quiet" tabindex="-1" @click=${acts.x}>${t('remove')} <kbd>x</kbd></button></div>`
        : nothing}
    </li>`;
}

/** The dialog that asks before a vote is closed or removed: neither can be taken back. */
export function voteDialog(c) {
  const { t } = c;
  const { vote: id, act } = c.ui.asked;
  const vote = c.feed.get('vote', id);
  // Somebody else has done it meanwhile: say so, and what came of it.
  if (vote?.state !== 'open') {
    return html`<h2 id="dialog-title">${t(vote ? 'vote_over' : 'vote_gone')}</h2>
      ${vote ? html`<p class="prose">${vote.question}</p>${result(c, vote.counts)}` : nothing}
      <form method="dialog" class="actions"><button class="btn btn-primary" autofocus>${t('dismiss')}</button></form>`;
  }
  const left = notVoted(c.feed, vote).length;
  const closing = act === 'close';
  return question(
    c,
    t(closing ? 'close_vote_question' : 'remove_vote_question'),
    html`<p class="prose">${vote.question}</p>
      ${left > 0 ? html`<p class="notice">${t('votes_left', { n: left })}</p>` : nothing}
      ${closing ? nothing : html`<p>${t('remove_vote_hint')}</p>`}`,
    t(closing ? 'close_vote' : 'remove'),
    () => {
      c.send(`vote.${act}`, { vote_id: id });
      c.focus(closing ? `#vote-${id}` : '#vote-question');
    },
  );
}

/** The tab. */
export function voting(c) {
  const { t } = c;
  const list = votes(c);
  return html`
    <div class="side-scroll">
      ${c.live ? questionForm(c) : nothing}
      ${list.length === 0 ? html`<div class="empty"><p>${t(c.live ? 'no_votes_yet' : 'no_votes')}</p></div>` : nothing}
      <ol>${repeat(list, ({ id }) => id, (vote, at) => row(c, vote, at === 0))}</ol>
    </div>`;
}

// Votes: the sheet that slides up while one is open, and what has become of each.
//
// A secret choice is held in this module until it is sent, and nowhere else: the feed of this
// page has no store, and the server tells nobody.

import { html, nothing } from '/static/vendor/lit-html/lit-html.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { turnout } from './live-model.js';

const CHOICES = ['for', 'against', 'abstain'];
const CAST = 'vote.cast';

let chosen = null; // a secret choice that is to be confirmed: {vote, choice}
let changing = null; // the id of the vote in which the reader changes the choice
let refusal = null; // {vote, message}
const castHere = new Set(); // ids of votes; a ballot in another one came from another device
const castElsewhere = new Set();
const followed = new Set(); // open ones that were seen: their results come up once

/** Watch for ballots that the reader casts on another device. */
export function followVotes(c) {
  c.feed.addEventListener('event', ({ detail: { type, actor, changed = {} } }) => {
    if (type !== CAST || actor?.person_id !== c.me.person_id) return;
    for (const [key, ballot] of Object.entries(changed)) {
      if (!key.startsWith('ballot/') || castHere.has(ballot.vote_id)) continue;
      castElsewhere.add(ballot.vote_id);
      if (chosen?.vote === ballot.vote_id) chosen = null;
    }
  });
}

const sending = (c, vote) => c.feed.pending.find(({ name, args }) => name === CAST && args.vote_id === vote.id);
const turnoutOf = (c, vote) => turnout(c.seen, vote, c.me.person_id);
// Under which a sheet is put away: the result comes up though the ballot was.
const sheetOf = ({ id, state }) => `vote/${id}/${state}`;
const kind = (c, vote) => c.t(vote.secret ? 'vote_secret' : 'vote_public');

/** What a screen reader is told of votes. */
export function votesSaid(c) {
  const open = c.seen.votes.find(({ state }) => state === 'open');
  return open ? c.t('vote_said', { question: open.question }) : '';
}

// -- The sheet -----------------------------------------------------------------------------

/** The vote that waits for the reader, or the result of one that has just been closed; null
 *  where there is neither. */
export function voteSheet(c) {
  if (c.seen.meeting.state !== 'live') return null;
  for (const { id, state } of c.seen.votes) if (state === 'open') followed.add(id);
  const open = waiting(c);
  if (open) return ballot(c, open);
  const closed = shown(c).find(({ id, state }) => state === 'closed' && followed.has(id));
  return closed ? result(c, closed) : null;
}

const shown = (c) => c.seen.votes.filter((vote) => !c.ui.away.has(sheetOf(vote)));
// The oldest that the reader has not voted in.
const waiting = (c) => shown(c).findLast((vote) => due(c, vote));

function due(c, vote) {
  if (vote.state !== 'open' || !c.seen.mayVote || sending(c, vote)) return false;
  return !turnoutOf(c, vote).mine || (changing === vote.id && !vote.secret);
}

function head(c, vote) {
  const { voted, all } = turnoutOf(c, vote);
  return html`
    <p class="live-label"><span>${kind(c, vote)}</span> <span>${c.t('voted', { voted, all })}</span></p>
    <h2 id="vote-title" class="live-question">${vote.question}</h2>`;
}

function ballot(c, vote) {
  const { mine } = turnoutOf(c, vote);
  return html`
    <section class="live-sheet live-vote" aria-labelledby="vote-title">
      ${head(c, vote)}
      ${refusal?.vote === vote.id ? html`<p class="field-error" role="alert">${refusal.message}</p>` : nothing}
      ${chosen?.vote === vote.id ? confirmation(c, vote) : html`
        <div class="live-ballot">
          ${CHOICES.map((choice) => html`
            <button type="button" class="btn btn-large ${mine ? '' : 'btn-primary'}"
              aria-pressed=${mine ? String(mine.choice === choice) : nothing}
              @click=${() => choose(c, vote, choice)}>${c.t(`choice_${choice}`)}</button>`)}
        </div>
        <p class="live-vote-foot">
          <span class="muted">${c.t(vote.secret ? 'vote_secret_hint' : 'vote_public_hint')}</span>
          <button type="button" class="btn btn-quiet" @click=${() => putAway(c, vote)}>${c.t(mine ? 'keep' : 'later')}</button>
        </p>`}
    </section>`;
}

function confirmation(c, vote) {
  return html`
    <p role="alert">${c.t('vote_confirm', { choice: c.t(`choice_${chosen.choice}`) })}</p>
    <div class="live-choices">
      <button type="button" id="vote-confirm" class="btn btn-primary btn-large"
        @click=${() => cast(c, vote, chosen.choice)}>${c.t('vote_cast')}</button>
      <button type="button" class="btn btn-large" @click=${() => choose(c, vote, null)}>${c.t('vote_again')}</button>
    </div>`;
}

function putAway(c, vote) {
  changing = chosen = refusal = null;
  c.ui.away.add(sheetOf(vote));
  c.draw();
  document.getElementById(`vote-open-${vote.id}`)?.focus({ preventScroll: true });
}

function takeUp(c, vote, change) {
  if (change) changing = vote.id;
  c.ui.away.delete(sheetOf(vote));
  c.draw();
  document.querySelector('.live-ballot button')?.focus({ preventScroll: true });
}

function choose(c, vote, choice) {
  refusal = null;
  if (choice && !vote.secret) {
    cast(c, vote, choice);
    return;
  }
  chosen = choice && { vote: vote.id, choice };
  c.draw();
  document.querySelector('#vote-confirm, .live-ballot button')?.focus({ preventScroll: true });
}

async function cast(c, vote, choice) {
  chosen = changing = refusal = null;
  castHere.add(vote.id);
  try {
    await c.feed.command(CAST, { vote_id: vote.id, choice });
    c.toast(vote.secret ? c.t('vote_taken') : c.t('vote_yours', { choice: c.t(`choice_${choice}`) }));
  } catch (error) {
    castHere.delete(vote.id);
    refusal = { vote: vote.id, message: error.message };
    // Where the ballot is there already the sheet is gone: then the sentence stands beside it.
    c.draw();
  }
}

// -- Results -------------------------------------------------------------------------------

function result(c, vote) {
  return html`
    <section class="live-sheet live-vote" aria-labelledby="vote-title">
      <p class="live-label"><span>${c.t('vote_result')}</span> <span>${kind(c, vote)}</span></p>
      <h2 id="vote-title" class="live-question">${vote.question}</h2>
      ${counts(c, vote)}
      <button type="button" class="btn btn-large" @click=${() => putAway(c, vote)}>${c.t('close')}</button>
    </section>`;
}

function counts(c, vote) {
  const { missing } = turnoutOf(c, vote);
  // Hands are counted without names: then nobody knows who is missing.
  const absent = vote.hands ? 0 : missing.length;
  return html`
    <dl class="live-counts">
      ${CHOICES.map((choice) => html`
        <div><dt>${c.t(`choice_${choice}`)}</dt><dd>${vote.counts[choice]}</dd></div>`)}
      ${absent ? html`<div><dt>${c.t('not_voted')}</dt><dd>${absent}</dd></div>` : nothing}
    </dl>`;
}

const list = (c, some) => html`<ul class="live-votes">${repeat(some, ({ id }) => id, (vote) => row(c, vote))}</ul>`;

/** The votes that are open, with the reader's own part in each; not the one in the sheet. */
export function openVotes(c) {
  const inSheet = c.ui.form ? null : waiting(c);
  const found = c.seen.votes.filter((vote) => vote.state === 'open' && vote !== inSheet);
  return found.length
    ? html`<section class="live-part"><h2 class="live-label">${c.t('votes')}</h2>${list(c, found)}</section>`
    : nothing;
}

/** What was voted, the newest first. */
export function results(c) {
  const found = c.seen.votes.filter(({ state }) => state === 'closed');
  return found.length
    ? html`<section id="votes"><div class="section-head"><h2>${c.t('vote_results')}</h2></div>${list(c, found)}</section>`
    : nothing;
}

function row(c, vote) {
  return html`
    <li>
      <p class="live-question-small">${vote.question}</p>
      <p class="muted">${kind(c, vote)}</p>
      ${vote.state === 'closed' ? counts(c, vote) : open(c, vote)}
      ${own(c, vote)}
    </li>`;
}

function open(c, vote) {
  const { voted, all, missing, mine } = turnoutOf(c, vote);
  return html`
    <p>${c.t('voted', { voted, all })}</p>
    ${missing.length
      ? html`<details class="live-missing"><summary>${c.t('not_voted_names', { count: missing.length })}</summary>
          <p>${missing.map((id) => c.name(id)).join(', ')}</p></details>`
      : nothing}
    ${c.seen.mayVote && !sending(c, vote) && !(mine && vote.secret)
      ? html`<button type="button" id="vote-open-${vote.id}" class="btn" @click=${() => takeUp(c, vote, Boolean(mine))}>
          ${c.t(mine ? 'vote_change' : 'vote_now')}</button>`
      : nothing}`;
}

// What the reader has done in it: of a secret one that it was done, and no more.
function own(c, vote) {
  const { mine } = turnoutOf(c, vote);
  const waits = sending(c, vote);
  if (waits) {
    return html`<p role="status">${vote.secret ? c.t('vote_sent') : c.t('vote_yours', { choice: c.t(`choice_${waits.args.choice}`) })}
      <span class="muted">${c.waits()}</span></p>`;
  }
  if (!mine) {
    if (vote.state === 'closed') return nothing;
    const absent = c.seen.mine?.status === 'absent' && !c.seen.mayVote;
    return absent ? html`<p class="muted">${c.t('vote_absent')}</p>` : nothing;
  }
  const said = mine.choice
    ? c.t('vote_yours', { choice: c.t(`choice_${mine.choice}`) })
    : c.t('vote_done', { clock: c.hour(mine.at) });
  return html`
    <p><b>${said}</b></p>
    ${refusal?.vote === vote.id ? html`<p class="field-error" role="alert">${refusal.message}</p>` : nothing}
    ${castElsewhere.has(vote.id) && vote.state === 'open'
      ? html`<p role="status">${c.t('vote_elsewhere')}</p>`
      : nothing}`;
}

// The papers of a meeting on its own page: read, hand in with progress, show to whom, give a
// new version, take back with a way back.

import { html, nothing, render } from '/static/vendor/lit-html/lit-html.js';
import { live } from '/static/vendor/lit-html/directives/live.js';
import { repeat } from '/static/vendor/lit-html/directives/repeat.js';
import { clock, day, unitName } from './lib.js';
import { upload } from './upload.js';

const ACCEPTED = '.pdf,.docx,.xlsx,.pptx,.png,.jpg,.jpeg';
const MEGABYTE = 1024 * 1024;
const STAFF = ['chair', 'secretary', 'records_clerk'];

export function papersSection(c) {
  const { feed, t, data } = c;
  const place = document.getElementById('papers');
  const links = document.getElementById('papers-links');
  const meeting = `/meetings/${data.meeting_id}`;
  const staff = STAFF.includes(data.me.role);
  const contributes = staff || data.me.role === 'participant';
  const limit = Math.round(data.paper_limit / MEGABYTE);
  const number = new Intl.NumberFormat(data.lang, { maximumFractionDigits: 1 });
  let begun = false;
  let editing = null; // the id of the paper whose form is open
  let wrong = {}; // what is wrong in the form that adds ('add') or in the open one ('edit')
  let chosen = { add: 'everyone', edit: 'everyone' }; // who sees it, as the forms stand
  let sending = []; // `{key, file, part, error, stop, then}` of what is on its way
  let keys = 0;
  let focus = null;

  const size = (bytes) =>
    bytes >= MEGABYTE
      ? `${number.format(bytes / MEGABYTE)} MB`
      : `${Math.max(1, Math.round(bytes / 1024))} KB`;
  const items = () =>
    feed.all('agenda_item').sort((a, b) => a.position - b.position || a.id - b.id);
  const units = () =>
    feed.all('unit').filter((unit) => unit.kind !== 'group').sort((a, b) => a.position - b.position);
  const mine = (paper) =>
    staff ||
    (contributes && paper.unit_id !== null && paper.unit_id === data.me.unit_id &&
      paper.visible_to === 'staff');

  // -- Sending -----------------------------------------------------------------------------

  /** Send a file, then give the command that makes something of it. */
  function send(file, then) {
    const abort = new AbortController();
    const entry = { key: (keys += 1), file, part: 0, error: '', stop: () => abort.abort(), then };
    sending = [...sending, entry];
    attempt(entry, abort);
  }

  async function attempt(entry, abort) {
    if (entry.file.size > data.paper_limit) {
      entry.error = t('paper_too_large', { limit });
      draw();
      return;
    }
    try {
      const found = await upload(data.meeting_id, entry.file, {
        account: data.me.account_id,
        lang: data.lang,
        offline: t('paper_upload_offline'),
        signal: abort.signal,
        progress: (part) => {
          entry.part = part;
          draw();
        },
      });
      await entry.then(found);
      drop(entry);
    } catch (error) {
      if (error.name === 'AbortError') {
        drop(entry);
        return;
      }
      entry.error = error.message;
      entry.again = error.offline === true;
      draw();
    }
  }

  function drop(entry) {
    sending = sending.filter((one) => one !== entry);
    draw();
  }

  function again(entry) {
    const abort = new AbortController();
    Object.assign(entry, { error: '', part: 0, stop: () => abort.abort() });
    draw();
    attempt(entry, abort);
  }

  function take(files, form) {
    const circle = readCircle(form, 'add');
    if (!circle) return;
    if (files.length === 0) {
      wrong.add = { files: t('paper_no_file') };
      draw();
      form.elements.files.focus();
      return;
    }
    wrong.add = {};
    const item = form.elements.agenda.value;
    const args = { ...circle, item_id: item ? Number(item) : null };
    for (const file of files) {
      send(file, (found) => feed.command('paper.add', { ...args, sha256: found.sha256 }));
    }
    form.elements.files.value = '';
    draw();
  }

  /** Who is to see it, as arguments; null after marking what is wrong. */
  function readCircle(form, which) {
    if (!staff) return {};
    const visible_to = form.elements.visible_to.value;
    if (visible_to !== 'units') return { visible_to };
    const unit_ids = [...form.querySelectorAll('[name=unit]:checked')].map((box) => Number(box.value));
    if (unit_ids.length === 0) {
      wrong[which] = { units: t('paper_no_unit') };
      draw();
      form.querySelector('[name=unit]')?.focus();
      return null;
    }
    return { visible_to, unit_ids };
  }

  // -- Changing ----------------------------------------------------------------------------

  async function save(event, paper) {
    event.preventDefault();
    const form = event.target;
    const circle = readCircle(form, 'edit');
    if (!circle) return;
    const item = form.elements.agenda.value;
    const args = { title: form.elements.title.value.trim(), item_id: item ? Number(item) : null, ...circle };
    const changed = Object.entries(args).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(paper[name]),
    );
    if (changed.length > 0) {
      const base = { paper_id: paper.id, base_revision: paper.revision };
      try {
        await feed.command('paper.update', { ...base, ...Object.fromEntries(changed) });
      } catch (error) {
        wrong.edit = { title: error.message };
        draw();
        return;
      }
    }
    close(paper);
  }

  function open(paper) {
    editing = paper.id;
    wrong.edit = {};
    chosen.edit = paper.visible_to;
    focus = '#edit-paper-title';
    draw();
  }

  function close(paper) {
    editing = null;
    focus = `#paper-${paper.id} .paper-title`;
    draw();
  }

  async function publish(paper) {
    const { id, title, visible_to } = paper;
    const give = (wanted) => c.send('paper.update', { paper_id: id, visible_to: wanted });
    if ((await give('everyone')) === undefined) return;
    c.toast(t('paper_published', { title }), { undo: () => give(visible_to) });
  }

  async function remove(paper) {
    const { title, item_id, visible_to, unit_ids, sha256 } = paper;
    const args = { paper_id: paper.id, base_revision: paper.revision };
    if ((await c.send('paper.remove', args)) === undefined) return;
    const before = { title, item_id, visible_to, unit_ids, sha256 };
    c.toast(t('paper_removed', { title }), { undo: () => c.send('paper.add', before) });
  }

  function version(event, paper) {
    const [file] = event.target.files;
    event.target.value = '';
    if (!file) return;
    send(file, async (found) => {
      const made = await feed.command('paper.update', { paper_id: paper.id, sha256: found.sha256 });
      c.toast(t('paper_versioned', { title: made.title, n: made.version }));
    });
    close(paper);
  }

  // -- Drawing -----------------------------------------------------------------------------

  function circleFields(which, paper) {
    if (!staff) return nothing;
    const error = wrong[which]?.units;
    return html`
      <div class="field"><label for="${which}-visible">${t('paper_visible')}</label>
        <select id="${which}-visible" name="visible_to" .value=${live(chosen[which])}
          @change=${(event) => { chosen[which] = event.target.value; draw(); }}>
          ${Object.entries(data.shown_to).map(([key, word]) =>
            html`<option value=${key} ?selected=${key === chosen[which]}>${word}</option>`)}
        </select></div>
      ${chosen[which] === 'units'
        ? html`<fieldset class="field paper-wide"><legend>${t('paper_which_units')}</legend>
            <div class="paper-units">${units().map((unit) => html`<label><input type="checkbox"
              name="unit" value=${unit.id} ?checked=${paper?.unit_ids.includes(unit.id) ?? false}>
              <span>${unitName(unit)}</span></label>`)}</div>
            ${error ? html`<p class="field-error" role="alert">${error}</p>` : nothing}</fieldset>`
        : nothing}`;
  }

  const itemField = (which, paper) => html`
    <div class="field"><label for="${which}-item">${t('paper_item')}</label>
      <select id="${which}-item" name="agenda">
        <option value="">${t('papers_general')}</option>
        ${items().map((item) => html`<option value=${item.id}
          ?selected=${item.id === paper?.item_id}>${item.title}</option>`)}
      </select></div>`;

  function badge(paper) {
    if (paper.visible_to === 'units') {
      const names = paper.unit_ids.map((id) => unitName(feed.get('unit', id))).join(', ');
      return html`<span class="badge">${t('paper_units', { units: names })}</span>`;
    }
    if (paper.visible_to !== 'staff') return nothing;
    if (paper.unit_id === null) return html`<span class="badge">${t('paper_staff')}</span>`;
    const word = staff
      ? t('paper_waiting', { unit: unitName(feed.get('unit', paper.unit_id)) })
      : t('paper_sent');
    return html`<span class="badge badge-accent">${word}</span>`;
  }

  function line(paper) {
    const { title } = paper;
    if (paper.id === editing && mine(paper)) {
      const error = wrong.edit?.title;
      return html`<li class="paper-row"><form class="paper-form" novalidate
          @submit=${(event) => save(event, paper)}
          @keydown=${(event) => event.key === 'Escape' && close(paper)}>
        <div class="field paper-wide"><label for="edit-paper-title">${t('paper_title')}</label>
          <input id="edit-paper-title" name="title" maxlength="500" value=${title} autocomplete="off">
          ${error ? html`<p class="field-error" role="alert">${error}</p>` : nothing}</div>
        ${itemField('edit-paper', paper)}
        ${circleFields('edit', paper)}
        <div class="actions paper-wide">
          <button class="btn btn-primary" type="submit">${t('save')}</button>
          <button class="btn btn-quiet" type="button" @click=${() => close(paper)}>${t('stop')}</button>
          <span class="push"></span>
          <label class="btn"><input class="visually-hidden" type="file" accept=${ACCEPTED}
            @change=${(event) => version(event, paper)}>${t('paper_new_version')}</label>
        </div></form></li>`;
    }
    const about = [
      data.paper_kinds[paper.media_type],
      paper.pages ? t('paper_pages', { n: paper.pages }) : '',
      size(paper.size),
      paper.version > 1 ? t('paper_version', { n: paper.version }) : '',
      t('paper_by', { who: paper.uploaded_by, when: `${clock(paper.uploaded_at)} ${day(paper.uploaded_at)}` }),
    ].filter(Boolean).join(' · ');
    return html`<li class="paper-row" id="paper-${paper.id}">
      <div class="paper-what"><a class="paper-title" href="${meeting}/papers/${paper.id}">${title}</a>
        <span class="muted small paper-meta">${about}</span></div>
      ${badge(paper)}
      <span class="paper-tools">
        ${staff && paper.visible_to === 'staff' && paper.unit_id !== null
          ? html`<button class="btn btn-small" type="button" @click=${() => publish(paper)}>${t('paper_publish')}</button>`
          : nothing}
        ${mine(paper)
          ? html`<button class="btn btn-quiet btn-small" type="button"
                aria-label=${t('paper_edit', { title })} @click=${() => open(paper)}>${t('edit')}</button>
              <button class="btn btn-quiet btn-small" type="button"
                aria-label=${t('paper_remove', { title })} @click=${() => remove(paper)}>${t('remove')}</button>`
          : nothing}
        <a class="btn btn-quiet btn-small btn-icon" href="/api/v1${meeting}/papers/${paper.id}/file" download
          aria-label=${t('paper_download', { title })}>↓</a>
      </span></li>`;
  }

  const sendingLine = (entry) => html`<li class="upload">
    <span class="upload-name">${entry.file.name} <span class="muted small">${size(entry.file.size)}</span></span>
    ${entry.error
      ? html`<p class="field-error" role="alert">${entry.error}</p>`
      : html`<progress max="1" .value=${entry.part} aria-label=${entry.file.name}></progress>
          <span class="num small">${entry.part < 1
            ? `${Math.floor(entry.part * 100)}%`
            : t('paper_checking')}</span>`}
    <span class="actions">
      ${entry.error && entry.again
        ? html`<button class="btn btn-small" type="button" @click=${() => again(entry)}>${t('retry')}</button>`
        : nothing}
      <button class="btn btn-quiet btn-small btn-icon" type="button"
        aria-label=${entry.error ? t('close') : t('paper_stop', { name: entry.file.name })}
        @click=${() => (entry.error ? drop(entry) : entry.stop())}>×</button></span></li>`;

  const addForm = () => html`<form class="paper-add" id="paper-add" novalidate
      @submit=${(event) => { event.preventDefault(); take([...event.target.elements.files.files], event.target); }}
      @dragover=${(event) => { event.preventDefault(); event.currentTarget.classList.add('paper-over'); }}
      @dragleave=${(event) => event.currentTarget.classList.remove('paper-over')}
      @drop=${(event) => {
        event.preventDefault();
        event.currentTarget.classList.remove('paper-over');
        take([...event.dataTransfer.files], event.currentTarget);
      }}>
    <div class="field paper-wide"><label for="paper-files">${t('paper_files')}</label>
      <input id="paper-files" name="files" type="file" multiple accept=${ACCEPTED}
        aria-describedby="paper-files-hint ${wrong.add?.files ? 'paper-files-error' : ''}">
      <p class="field-hint" id="paper-files-hint">${t('paper_files_hint', { limit })}${staff ? '' : ` ${t('paper_files_unit')}`}</p>
      ${wrong.add?.files ? html`<p class="field-error" id="paper-files-error" role="alert">${wrong.add.files}</p>` : nothing}</div>
    ${itemField('paper', null)}
    ${circleFields('add', null)}
    <div class="actions paper-wide"><button class="btn" type="submit">${staff ? t('paper_upload') : t('paper_send')}</button></div>
  </form>`;

  function draw() {
    if (!feed.meeting) return;
    if (!begun) {
      place.replaceChildren(); // the server's list, for those without scripts
      links.replaceChildren();
      begun = true;
    }
    const papers = feed.all('paper').sort((a, b) => a.id - b.id);
    if (editing !== null && !papers.some((paper) => paper.id === editing)) editing = null;
    const groups = [null, ...items()]
      .map((item) => ({ item, of: papers.filter((paper) => paper.item_id === (item?.id ?? null)) }))
      .filter(({ of }) => of.length > 0);
    const count = feed.all('remark').length;
    render(html`
      ${count > 0 ? html`<a href="${meeting}/remarks">${t('papers_remarks', { n: count })}</a>` : nothing}
      ${papers.length > 0 ? html`<a href="/api/v1${meeting}/papers.zip" download>${t('papers_zip')}</a>` : nothing}`, links);
    render(html`
      ${papers.length === 0
        ? html`<div class="empty"><p class="empty-title">${t('papers_empty')}</p>
            <p>${staff ? t('papers_empty_staff') : t('papers_empty_others')}</p></div>`
        : nothing}
      ${repeat(groups, ({ item }) => item?.id ?? 0, ({ item, of }) => html`
        <h3 class="part">${item?.title ?? t('papers_general')}</h3>
        <ul class="papers-list">${repeat(of, (paper) => paper.id, line)}</ul>`)}
      ${sending.length > 0
        ? html`<ul class="uploads" aria-live="polite">${repeat(sending, (entry) => entry.key, sendingLine)}</ul>`
        : nothing}
      ${contributes ? addForm() : nothing}`, place);
    if (focus) {
      document.querySelector(focus)?.focus();
      focus = null;
    }
  }

  globalThis.addEventListener('beforeunload', (event) => {
    if (sending.some((entry) => !entry.error)) event.preventDefault();
  });

  return { draw };
}

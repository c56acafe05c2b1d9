// A paper's page on the big screen, as large as it goes. The page before stays until the next
// one is whole, and the one that follows is drawn ahead.

import { openPdf, pdfjs } from './pdf.js';

const TRY_AGAIN_MS = 4000;
const KEPT = 3; // pages that are drawn and held

/**
 * @param {object} options
 * @param {number} options.meetingId
 * @param {number} options.account the account that the page was opened by
 * @param {() => void} options.changed called when `state` has changed
 */
export function paperViewer({ meetingId, account, changed }) {
  const element = Object.assign(document.createElement('div'), { className: 'paper-sheet' });
  const sheets = new Map(); // key → promise of a canvas or a picture
  const viewer = { element, state: 'loading', show };
  let shown = null; // the id of the paper that stands there
  let wanted = null;
  let opened = null; // the PDF that is open: `{url, task}`

  const fileOf = (paper) =>
    `/api/v1/meetings/${meetingId}/papers/${paper.id}/file?version=${paper.version}`;

  /** Show a page of a paper; again with the same one changes nothing. */
  function show(paper, page) {
    const size = `${globalThis.innerWidth}×${globalThis.innerHeight}`;
    const number = Math.min(page, paper.pages ?? 1);
    const key = [fileOf(paper), number, size].join(' ');
    if (key === wanted) return;
    wanted = key;
    if (shown !== paper.id) element.replaceChildren();
    draw(key, paper, number, size);
  }

  async function draw(key, paper, page, size) {
    become(element.firstChild ? 'shown' : 'loading');
    try {
      const sheet = await sheetOf(key, paper, page);
      if (key !== wanted) return;
      element.replaceChildren(sheet);
      element.dataset.page = String(page);
      shown = paper.id;
      become('shown');
      const next = [fileOf(paper), page + 1, size].join(' ');
      if (page < paper.pages) sheetOf(next, paper, page + 1).catch(() => {});
    } catch {
      if (key !== wanted) return;
      become('failed');
      setTimeout(() => key === wanted && draw(key, paper, page, size), TRY_AGAIN_MS);
    }
  }

  function become(state) {
    if (viewer.state === state) return;
    viewer.state = state;
    changed();
  }

  function sheetOf(key, paper, page) {
    if (!sheets.has(key)) {
      const made = paper.media_type === 'application/pdf' ? canvasOf(paper, page) : imageOf(paper);
      sheets.set(key, made);
      made.catch(() => sheets.delete(key));
      for (const old of [...sheets.keys()].slice(0, -KEPT)) sheets.delete(old);
    }
    return sheets.get(key);
  }

  async function canvasOf(paper, page) {
    const url = fileOf(paper);
    const library = await pdfjs();
    if (opened?.url !== url) {
      opened?.task.destroy();
      opened = { url, task: openPdf(library, url, account) };
    }
    const { task } = opened;
    try {
      const sheet = await (await task.promise).getPage(page);
      const plain = sheet.getViewport({ scale: 1 });
      const fits = Math.min(element.clientWidth / plain.width, element.clientHeight / plain.height);
      const viewport = sheet.getViewport({ scale: fits * globalThis.devicePixelRatio });
      const canvas = document.createElement('canvas');
      canvas.width = Math.floor(viewport.width);
      canvas.height = Math.floor(viewport.height);
      await sheet.render({ canvas, viewport }).promise;
      return canvas;
    } catch (error) {
      if (opened?.task === task) opened = null; // opened afresh by the next attempt
      throw error;
    }
  }

  async function imageOf(paper) {
    const image = Object.assign(new Image(), { alt: paper.title, src: fileOf(paper) });
    await image.decode();
    return image;
  }

  return viewer;
}

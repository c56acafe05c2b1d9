// The code (QR) of a site's screen for checking in: another one every some seconds, and at once
// when somebody has used the one that is shown.

const TRY_AGAIN_MS = 4000;

/**
 * @param {object} options
 * @param {number} options.meetingId
 * @param {number} options.account the account that the page was opened by
 * @param {string} options.lang of the server's sentences
 * @param {number} options.rotateMs how long a code is shown
 * @param {() => void} options.changed called when there is another picture or problem
 */
export function siteCode({ meetingId, account, lang, rotateMs, changed }) {
  const code = { picture: null, problem: null, nextAt: 0, show, renew, stop };
  let site; // undefined while nothing is shown; null is one's own
  let timer = null;
  let turn = 0;

  /** Show the code of a site from now on; the reader's own where none is named. */
  function show(unitId) {
    if (site === unitId) return;
    site = unitId;
    Object.assign(code, { picture: null, problem: null });
    renew();
  }

  function stop() {
    site = undefined;
    turn += 1;
    clearTimeout(timer);
  }

  /** Take another code now. */
  async function renew() {
    if (site === undefined) return;
    turn += 1;
    const mine = turn;
    clearTimeout(timer);
    const found = await ask();
    if (mine !== turn) return;
    Object.assign(code, found);
    // Without an answer the one that stands there would soon be refused.
    const wait = found.offline ? TRY_AGAIN_MS : rotateMs;
    code.nextAt = Date.now() + wait;
    timer = setTimeout(renew, wait);
    changed();
  }

  async function ask() {
    const query = site === null ? '' : `?unit_id=${site}`;
    try {
      const response = await fetch(`/api/v1/meetings/${meetingId}/check-in-code.svg${query}`, {
        headers: { 'X-Account': String(account), 'Accept-Language': lang },
        credentials: 'same-origin',
        cache: 'no-store',
      });
      if (response.status >= 500) return { picture: null, problem: null, offline: true };
      if (!response.ok) {
        return { picture: null, problem: (await response.json()).detail, offline: false };
      }
      const picture = `data:image/svg+xml,${encodeURIComponent(await response.text())}`;
      return { picture, problem: null, offline: false };
    } catch {
      return { picture: null, problem: null, offline: true };
    }
  }

  return code;
}

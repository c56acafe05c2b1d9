// The letters of the house on a phone. A page that is laid out anew because they have come stands
// still for a second; so the first visit is read in the phone's own, and fetches them for the next.

// The letters of the pages' texts. Those of weight 700 are not worth 22 KB to a phone.
const NEEDED = /-(?:latin|vietnamese)-[456]00-/;
const LATER_MS = 10_000; // the page has long been at work
const FETCHED = 'letters-fetched';

/** @param {HTMLLinkElement} link their stylesheet, which is for print until they may come */
export async function letIn(link) {
  if (remembered()) {
    link.media = 'all';
    return;
  }
  await new Promise((done) => setTimeout(done, LATER_MS));
  const files = [...(link.sheet?.cssRules ?? [])]
    .map((rule) => /url\("?([^")]+)/.exec(rule.cssText)?.[1])
    .filter((file) => NEEDED.test(file));
  const answers = await Promise.allSettled(files.map((file) => fetch(new URL(file, link.href))));
  if (files.length > 0 && answers.every(({ value }) => value?.ok)) remember();
}

function remembered() {
  try {
    return localStorage.getItem(FETCHED) !== null;
  } catch {
    return false; // a browser that keeps nothing
  }
}

function remember() {
  try {
    localStorage.setItem(FETCHED, '1');
  } catch {
    // Then the next visit is as this one.
  }
}

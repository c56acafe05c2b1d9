// The video meeting beside a live page: Jitsi Meet through its IFrame API, from the deployment's
// own host, or a link to whatever else the meeting uses. Where anything of it fails, the page
// goes on without it.

const GIVE_UP_MS = 15_000; // for the script of the video's host

/**
 * Put the video meeting into a place of the page.
 *
 * @param {HTMLElement} place is filled where there is a Jitsi to embed, and emptied again where
 *   that fails
 * @param {object} options
 * @param {number} options.meetingId
 * @param {number} options.account the account that the page was opened by
 * @param {string} options.lang the page's language
 * @param {typeof fetch} [options.fetch]
 * @returns {Promise<{kind: 'jitsi', api: object}|{kind: 'link', url: string}|{kind: 'none'}>}
 *   what there is: the IFrame API's object, to `dispose()` of; an address to open in a window of
 *   its own; or nothing. It never throws.
 */
export async function embedVideo(place, { meetingId, account, lang, fetch = globalThis.fetch }) {
  try {
    const response = await fetch(`/api/v1/meetings/${meetingId}/video`, {
      credentials: 'same-origin',
      headers: { 'X-Account': String(account) },
    });
    if (!response.ok) return { kind: 'none' };
    const room = await response.json();
    if (room.kind === 'link') return { kind: 'link', url: room.url };
    if (room.kind !== 'jitsi') return { kind: 'none' };
    const Api = await loadApi(room.domain);
    return { kind: 'jitsi', api: embed(Api, place, room, lang) };
  } catch {
    place.replaceChildren();
    return { kind: 'none' };
  }
}

function embed(Api, place, room, lang) {
  return new Api(room.domain, {
    roomName: room.room,
    jwt: room.token,
    parentNode: place,
    width: '100%',
    height: '100%',
    lang,
    userInfo: { displayName: room.name },
    configOverwrite: {
      // A briefing begins when the chairman speaks.
      startWithAudioMuted: !room.moderator,
      prejoinConfig: { enabled: true },
      disableDeepLinking: true,
    },
  });
}

const loading = new Map(); // domain → the promise of its API

/** The API of a host, loaded once; again after a failure. */
function loadApi(domain) {
  if (globalThis.JitsiMeetExternalAPI) return Promise.resolve(globalThis.JitsiMeetExternalAPI);
  if (!loading.has(domain)) {
    const promise = new Promise((resolve, reject) => {
      const script = document.createElement('script');
      const timer = setTimeout(() => fail(new Error('no answer')), GIVE_UP_MS);
      const fail = (error) => {
        clearTimeout(timer);
        loading.delete(domain);
        script.remove();
        reject(error);
      };
      script.src = `https://${domain}/external_api.js`;
      script.async = true;
      script.addEventListener('load', () => {
        clearTimeout(timer);
        if (globalThis.JitsiMeetExternalAPI) resolve(globalThis.JitsiMeetExternalAPI);
        else fail(new Error('no API in it'));
      });
      script.addEventListener('error', () => fail(new Error('not loaded')));
      document.head.append(script);
    });
    loading.set(domain, promise);
  }
  return loading.get(domain);
}

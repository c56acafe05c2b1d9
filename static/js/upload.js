// Sending a file: with progress, which `fetch` does not tell of.

/** What an upload ended with: `message` is for people, `offline` where nothing was answered. */
export class UploadError extends Error {
  constructor(message, { offline = false } = {}) {
    super(message);
    this.offline = offline;
  }
}

/**
 * Upload a file to a meeting, to be named by its hash in a command.
 *
 * @param {number} meetingId
 * @param {File} file
 * @param {object} options
 * @param {number} options.account the account that the page was opened by
 * @param {string} options.lang the language of the server's sentences
 * @param {string} options.offline the sentence for a lost connection
 * @param {(part: number) => void} options.progress hears how much has been sent, 0 to 1
 * @param {AbortSignal} [options.signal]
 * @returns {Promise<{sha256: string, filename: string, size: number}>}
 */
export function upload(meetingId, file, { account, lang, offline, progress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append('file', file, file.name);
    request.open('POST', `/api/v1/meetings/${meetingId}/papers/files`);
    request.setRequestHeader('X-Account', String(account));
    request.setRequestHeader('Accept-Language', lang);
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      if (total > 0) progress(loaded / total);
    });
    request.addEventListener('load', () => {
      if (request.status === 201) resolve(request.response);
      else reject(new UploadError(request.response?.detail ?? offline, { offline: request.status >= 500 }));
    });
    request.addEventListener('error', () => reject(new UploadError(offline, { offline: true })));
    request.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
    signal?.addEventListener('abort', () => request.abort());
    request.send(form);
  });
}

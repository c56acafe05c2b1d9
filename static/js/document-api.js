// The documents' part of the HTTP API.

/** Something that the server refused, or that did not reach it (`code` is `offline` then). */
export class Trouble extends Error {
  constructor(code, message, errors = []) {
    super(message);
    this.code = code;
    this.errors = errors;
  }
}

/**
 * @param {object} data the page's data
 * @returns {(path: string, options?: {method?: string, json?: object, form?: FormData}) => Promise<*>}
 *   asks under `/api/v1/meetings/{id}`; throws `Trouble`
 */
export function asker(data) {
  return async (path, { method = 'GET', json, form } = {}) => {
    const headers = { Accept: 'application/json', 'X-Account': String(data.me.account_id) };
    if (json) headers['Content-Type'] = 'application/json';
    let response;
    try {
      response = await fetch(`/api/v1/meetings/${data.meeting_id}${path}`, {
        method,
        headers,
        body: json ? JSON.stringify(json) : form,
        credentials: 'same-origin',
        cache: 'no-store',
      });
    } catch {
      throw new Trouble('offline', '');
    }
    let body = null;
    try {
      body = await response.json();
    } catch {
      // Not ours: a proxy that cannot reach the server, or says that the file is too large.
    }
    if (response.ok && body !== null) return body;
    throw new Trouble(body?.code ?? 'invalid', body?.detail ?? `HTTP ${response.status}`, body?.errors ?? []);
  };
}

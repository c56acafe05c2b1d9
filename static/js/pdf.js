// Opens PDF files as our pages may: PDF.js without WebAssembly and without code made as it runs.

const VENDOR = '/static/vendor/pdfjs-dist/';

/** PDF.js itself, loaded when it is first needed. */
export async function pdfjs() {
  const library = await import('/static/vendor/pdfjs-dist/legacy/build/pdf.min.js');
  library.GlobalWorkerOptions.workerSrc = `${VENDOR}legacy/build/pdf.worker.min.js`;
  return library;
}

/**
 * Begin to open a file of ours.
 *
 * @param {object} library what `pdfjs` gives
 * @param {string} url
 * @param {number} account the account that the page was opened by
 * @returns {object} PDF.js's loading task: `promise`, `onProgress`, `destroy`
 */
export function openPdf(library, url, account) {
  return library.getDocument({
    url,
    withCredentials: true,
    httpHeaders: { 'X-Account': String(account) },
    // The policy of our pages (CSP) lets nothing be compiled while the page runs.
    isEvalSupported: false,
    useWasm: false,
    wasmUrl: `${VENDOR}wasm/`,
    standardFontDataUrl: `${VENDOR}standard_fonts/`,
    enableXfa: false,
  });
}

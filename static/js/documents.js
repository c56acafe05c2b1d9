// The documents of a meeting: where each stands, live, and the downloads.

import { downloads } from './document-download.js';
import { follow } from './document-live.js';
import { pageData, translator } from './lib.js';

const data = pageData();
const t = translator(data.strings);
const again = downloads(t);
follow(data, t, { drawn: again });

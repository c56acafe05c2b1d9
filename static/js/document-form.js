// The fields of a document's editor: a content goes in, a content comes out.

import { BodyField } from './document-body.js';

const MOST_SIGNATURES = 2; // as minutes/content.py has it

/** Dispatches `input` when the content may be another one, `state` when the cursor has moved. */
export class ContentForm extends EventTarget {
  /** The body that was written in last: what the toolbar works on. */
  active;

  #root;
  #t;
  #body;
  #appendices = []; // {element, body}
  #given = null;
  #locked = false;

  /**
   * @param {HTMLFormElement} root
   * @param {Function} t the page's words
   */
  constructor(root, t) {
    super();
    this.#root = root;
    this.#t = t;
    this.#body = this.#bodyField(root.querySelector('#body'));
    this.active = this.#body;
    root.addEventListener('input', ({ target }) => {
      if (target.matches('[data-field], [data-part]') && !target.isContentEditable) this.#changed();
      if (target.matches('textarea')) grow(target);
    });
    root.addEventListener('keydown', (event) => {
      // One line: Enter goes on to the text.
      if (event.key === 'Enter' && event.target.id === 'abstract') {
        event.preventDefault();
        this.#body.focus();
      } else if (event.key === 'Enter' && event.target.matches('input')) event.preventDefault();
    });
    root.querySelector('#add-signature').addEventListener('click', () => this.#sign([...this.content.signatures, { capacity: [], name: '' }]));
    root.querySelector('#appendix-add').addEventListener('click', () => {
      this.#addAppendix({ title: '', body: '<p></p>', landscape: false }).querySelector('[data-part="title"]').focus();
      this.#changed();
    });
  }

  #changed() {
    this.dispatchEvent(new CustomEvent('input'));
  }

  #bodyField(element) {
    const field = new BodyField(element);
    field.addEventListener('input', () => this.#changed());
    field.addEventListener('state', () => {
      if (document.activeElement === element) this.active = field;
      this.dispatchEvent(new CustomEvent('state'));
    });
    element.addEventListener('focus', () => {
      this.active = field;
    });
    return field;
  }

  get content() {
    const content = { ...this.#given };
    for (const field of this.#root.querySelectorAll('[data-field]')) {
      content[field.dataset.field] = 'lines' in field.dataset ? lines(field.value) : line(field.value);
    }
    content.body = this.#body.body;
    content.signatures = [...this.#root.querySelectorAll('.signature')].map((part) => ({
      capacity: lines(value(part, 'capacity')),
      name: line(value(part, 'name')),
    }));
    content.appendices = this.#appendices.map(({ element, body }) => ({
      title: line(value(element, 'title')),
      body: body.body,
      landscape: element.querySelector('[data-part="landscape"]').checked,
    }));
    return content;
  }

  set content(content) {
    this.#given = content;
    for (const field of this.#root.querySelectorAll('[data-field]')) {
      const given = content[field.dataset.field];
      field.value = Array.isArray(given) ? given.join('\n') : given;
    }
    this.#body.body = content.body;
    this.#signatures(content.signatures);
    for (const { element, body } of this.#appendices) {
      body.destroy();
      element.remove();
    }
    this.#appendices = [];
    for (const each of content.appendices) this.#addAppendix(each);
    this.active = this.#body;
    this.grow();
  }

  /** Undoing stops here first. */
  checkpoint() {
    for (const body of [this.#body, ...this.#appendices.map((each) => each.body)]) body.checkpoint();
  }

  /** Another content in place of this one; undoing brings the body back. */
  replace(content) {
    const { body } = content;
    const before = this.#body.body;
    this.content = { ...content, body: before };
    this.#body.replace(body);
    this.#changed();
  }

  /** Whether nothing can be typed. */
  get locked() {
    return this.#locked;
  }

  /** Nothing can be typed; everything can be read and copied. */
  set locked(locked) {
    this.#locked = locked;
    for (const field of this.#root.querySelectorAll('input, textarea')) field.readOnly = locked;
    for (const field of this.#root.querySelectorAll('select, input[type="checkbox"], button:not(.tool)')) field.disabled = locked;
    for (const body of [this.#body, ...this.#appendices.map((each) => each.body)]) {
      body.root.contentEditable = String(!locked);
      body.root.setAttribute('aria-readonly', String(locked));
    }
  }

  /** Show what the server found wrong at each field; what is at none is returned. */
  errors(found) {
    for (const place of this.#root.querySelectorAll('.field-error')) place.textContent = '';
    for (const field of this.#root.querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid');
    let first = null;
    const homeless = [];
    for (const { field, message } of found) {
      const name = field.replace(/^content\./, '').split('.')[0];
      const place = this.#root.querySelector(`#error-${CSS.escape(name)}`);
      if (!place) {
        homeless.push(message);
        continue;
      }
      place.textContent = message;
      const input = this.#root.querySelector(`#${CSS.escape(name)}`);
      input?.setAttribute('aria-invalid', 'true');
      first ??= input;
    }
    const within = first?.closest('details');
    if (within) within.open = true;
    first?.focus();
    return homeless;
  }

  /** Fields grow with their text. */
  grow() {
    for (const field of this.#root.querySelectorAll('textarea')) grow(field);
  }

  #signatures(all) {
    const template = document.getElementById('signature-template');
    const place = this.#root.querySelector('#signatures');
    this.#root.querySelector('#add-signature').hidden = all.length >= MOST_SIGNATURES;
    place.replaceChildren(
      ...all.map((each, at) => {
        const part = template.content.cloneNode(true);
        part.querySelector('legend').textContent = all.length > 1 ? this.#t('signature_of', { n: at + 1 }) : this.#t('signature');
        part.querySelector('[data-part="capacity"]').value = each.capacity.join('\n');
        part.querySelector('[data-part="name"]').value = each.name;
        const remove = part.querySelector('[data-part="remove"]');
        remove.hidden = all.length === 1;
        remove.addEventListener('click', () => this.#sign(this.content.signatures.filter((_each, other) => other !== at)));
        return part;
      }),
    );
  }

  // Other signatures than before, the last to be filled in.
  #sign(all) {
    this.#signatures(all);
    this.#root.querySelector('.signature:last-child [data-part="capacity"]').focus();
    this.#changed();
  }

  #addAppendix({ title, body, landscape }) {
    const element = document.getElementById('appendix-template').content.firstElementChild.cloneNode(true);
    element.querySelector('[data-part="title"]').value = title;
    element.querySelector('[data-part="landscape"]').checked = landscape;
    this.#root.querySelector('#appendices').append(element);
    const place = element.querySelector('[data-part="body"]');
    const field = this.#bodyField(place);
    field.body = body;
    const made = { element, body: field };
    this.#appendices.push(made);
    place.setAttribute('aria-label', this.#t('appendix_body', { n: this.#appendices.length }));
    element.querySelector('[data-part="remove"]').addEventListener('click', () => {
      field.destroy();
      element.remove();
      this.#appendices = this.#appendices.filter((other) => other !== made);
      if (this.active === field) this.active = this.#body;
      this.#changed();
    });
    return element;
  }
}

// As the server cleans them: what is typed and what is stored compare equal.
const line = (text) => text.split(/\s+/).filter(Boolean).join(' ').normalize('NFC');
const lines = (text) => text.split('\n').map(line).filter(Boolean);
const value = (part, name) => part.querySelector(`[data-part="${name}"]`).value;

function grow(field) {
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
}

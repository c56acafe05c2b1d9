// What the forms of the right column have in common: keys, and that nothing typed is lost.

import { composing } from './console-units.js';

/** Another form takes the place of one with something in it: offer the way back. */
export function keepForm(c, name) {
  const form = c.ui[name];
  if (form?.text.trim()) {
    c.toast(c.t('draft_put_aside'), () => {
      c.ui[name] = { ...form, open: true };
      c.changed();
    });
  }
}

/** Ctrl+Enter saves from every field, Escape closes. */
export function onFormKey(c, event, name, save) {
  if (composing(event)) return;
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    save();
  } else if (event.key === 'Escape') {
    event.preventDefault();
    event.stopPropagation();
    cancelForm(c, name);
  }
}

/** Close a form. A new text stays as a draft; changes of a recorded one can be had back. */
export function cancelForm(c, name) {
  const form = c.ui[name];
  const empty = !form.text.trim();
  if (form.id !== null || empty) {
    c.ui[name] = null;
    if (form.id !== null) {
      c.toast(c.t('edit_dropped'), () => {
        c.ui[name] = form;
        form.open = true;
        c.changed();
      });
    }
  } else {
    form.open = false;
  }
  c.changed();
  c.focus('#line');
}

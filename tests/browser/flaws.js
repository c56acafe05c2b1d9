// What keeps people from using the page, in words: basics of WCAG 2.2 (1.1.1, 1.3.1, 1.4.10,
// 2.4.2, 2.4.6, 2.5.8, 4.1.2). Evaluated in the page, in a window so many pixels
// wide: a phone's `innerWidth` grows with what is too wide for it.
(width) => {
  const flaws = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  const short = (element) => element.outerHTML.slice(0, 160);
  const told = (element, name) => (element.getAttribute(name) ?? '').split(/\s+/).filter(Boolean);
  const words = (ids) => ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
  const images = (element) => [...element.querySelectorAll('img[alt], svg title')]
    .map((image) => image.alt ?? image.textContent).join(' ');
  const named = (element) => [
    words(told(element, 'aria-labelledby')),
    element.getAttribute('aria-label'),
    [...(element.labels ?? [])].map((label) => label.textContent).join(' '),
    element.matches('input, select, textarea') ? '' : element.textContent + images(element),
    element.title,
  ].some((name) => name?.trim());

  const wide = document.scrollingElement.scrollWidth;
  if (wide > width) {
    const out = all('body *').filter((one) => one.getBoundingClientRect().right > width + 1);
    const first = out.filter(seen).slice(0, 3).map(short);
    flaws.push(`${wide} wide in a window of ${width}: ${first.join(' ')}`);
  }
  const titles = all('h1').filter(seen).length;
  if (titles !== 1) flaws.push(`${titles} headings h1`);
  if (!document.title.trim()) flaws.push('no title');
  if (all('main').length !== 1) flaws.push('not one main');
  const ids = all('[id]').map((element) => element.id);
  const twice = new Set(ids.filter((id, at) => ids.indexOf(id) !== at));
  for (const id of twice) flaws.push(`id twice: ${id}`);
  for (const field of all('input:not([type=hidden]), select, textarea')) {
    if (seen(field) && !named(field)) flaws.push(`no label: ${short(field)}`);
  }
  const controls = 'button, a[href], summary, [role=button], [role=tab], dialog[open]';
  for (const control of all(controls)) {
    if (seen(control) && !named(control)) flaws.push(`no name: ${short(control)}`);
  }
  for (const image of all('img:not([alt])')) flaws.push(`no alt: ${short(image)}`);
  const pointers = ['aria-labelledby', 'aria-describedby', 'aria-controls',
    'aria-activedescendant', 'for'];
  for (const name of pointers) {
    for (const element of all(`[${name}]`).filter(seen)) {
      for (const id of told(element, name)) {
        if (!document.getElementById(id)) flaws.push(`${name} of nothing: ${short(element)}`);
      }
    }
  }
  for (const element of all('[tabindex]')) {
    if (element.tabIndex > 0) flaws.push(`tabindex: ${short(element)}`);
  }
  for (const table of all('table')) {
    if (!table.querySelector('th')) flaws.push('a table without headings');
  }
  for (const list of all('ul, ol')) {
    const odd = [...list.children].find((child) => !child.matches('li, script, template'));
    if (odd) flaws.push(`in a list: ${short(odd)}`);
  }
  const levels = all('h1, h2, h3, h4').filter(seen).map((heading) => Number(heading.tagName[1]));
  levels.forEach((level, at) => {
    if (at > 0 && level > levels[at - 1] + 1) flaws.push(`h${level} after h${levels[at - 1]}`);
  });
  if (width < 600) {
    const fields = 'input:not([type=hidden], [type=checkbox], [type=radio])';
    for (const control of all(`button, ${fields}, select, a.btn`)) {
      const box = control.getBoundingClientRect();
      // 24 px is what WCAG 2.5.8 asks for at least.
      if (seen(control) && (box.height < 24 || box.width < 24)) flaws.push(`small: ${short(control)}`);
    }
  }
  return flaws;
}

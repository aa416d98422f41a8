// The panel with the words about what was chosen. Its heading takes focus; closing gives it back to where it came from.
export function start(panel) {
  const state = { panel, body: panel.querySelector('.panel-body'), origin: null, asked: null };
  document.addEventListener('karta:chosen', ({ detail }) => open(state, detail));
  document.addEventListener('karta:left', () => close(state));
  panel.addEventListener('keydown', (event) => { if (event.key === 'Escape') close(state); });
  panel.querySelector('.close').addEventListener('click', () => close(state));
}

async function open(state, { items, origin, within, layers }) {
  state.origin = origin;
  const { panel, body } = state;
  if (!items.length) items = await rowsWithin(panel, within, layers);
  if (items.length !== 1) return several(state, items);
  const [{ layer, id }] = items;
  state.asked?.abort();
  state.asked = new AbortController();
  try {
    const answer = await fetch(`${panel.dataset.address}/${layer}/${id}`, { signal: state.asked.signal });
    if (!answer.ok) throw new Error(answer.status);
    const found = await answer.json();
    heading(panel, found.kind, found.title);
    body.replaceChildren(...describe(found, panel.dataset));
    shown(panel);
    document.dispatchEvent(new CustomEvent('karta:shown', { detail: { layer, id, found } }));
  } catch (error) {
    if (error.name === 'AbortError') return;
    heading(panel, '', panel.dataset.failed);
    body.replaceChildren();
    shown(panel);
  }
}

async function rowsWithin(panel, box, layers) {
  const query = new URLSearchParams(location.search);
  query.delete('page');
  query.set('bbox', box);
  query.set('layer', layers.join());
  const answer = await fetch(`${panel.dataset.rows}?${query}`).catch(() => null);
  return answer?.ok ? (await answer.json()).features.map(({ properties }) => properties) : [];
}

function several(state, items) {
  heading(state.panel, '', state.panel.dataset.several.replace('{n}', items.length));
  const list = tag('ul', '');
  for (const item of items.slice(0, 50)) {
    const button = tag('button', item.title || `${item.layer} ${item.id}`, 'link-button');
    button.type = 'button';
    button.addEventListener('click', () => open(state, { items: [item], origin: state.origin }));
    const row = tag('li', '');
    row.append(button);
    list.append(row);
  }
  state.body.replaceChildren(list);
  shown(state.panel);
}

function heading(panel, kind, title) {
  panel.querySelector('.panel-kind').textContent = kind;
  panel.querySelector('h2').textContent = title;
}

function shown(panel) {
  panel.hidden = false;
  panel.scrollTop = 0;
  panel.querySelector('h2').focus({ preventScroll: true });
}

export function describe({ text, facts, done, address }, words) {
  const parts = address ? [link(address, words.open, 'button second small')] : [];
  if (text) parts.push(tag('p', text));
  const list = tag('dl', '', 'facts');
  for (const [name, value] of facts) list.append(tag('dt', name), tag('dd', value));
  parts.push(list);
  if (done?.length) parts.push(tag('h3', words.done), points(done));
  return parts;
}

function points(done) {
  const list = tag('ul', '');
  for (const { title, status, address } of done) {
    const row = tag('li', '');
    row.append(address ? link(address, title) : title, status ? ` – ${status}` : '');
    list.append(row);
  }
  return list;
}

function link(address, words, style = '') {
  const made = tag('a', words, style);
  made.href = address;
  return made;
}

function tag(name, words, style) {
  const made = document.createElement(name);
  if (words) made.textContent = words;
  if (style) made.className = style;
  return made;
}

function close({ panel, origin }) {
  if (panel.hidden) return;
  panel.hidden = true;
  document.dispatchEvent(new CustomEvent('karta:closed'));
  origin?.focus();
  if (document.activeElement !== origin) document.querySelector('#karta')?.focus();
}

// Answers a changed choice at once: the same address is asked, and its list, legend and numbers replace the old ones.
const PARTS = ['#resultat', '#teckenforklaring', '#period', '#utan-plats'];
const SAME = [['.print-map', 'src'], ['input[name="till"]', 'value'], ['[hreflang]', 'href']];

export function start(form) {
  const state = { form, asked: null, here: address() };
  let waiting = 0;
  // Text is only sent with the button: a half-written word is no question.
  form.addEventListener('change', ({ target }) => {
    if (!target.name || target.matches('input[type="text"], input[type="search"], input[type="month"]')) return;
    // Whoever chooses an area no longer looks at what was searched for.
    if (target.name === 'area') form.querySelector('input[name="plats"]')?.remove();
    clearTimeout(waiting);
    waiting = setTimeout(() => ask(state), 200);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const by = event.submitter;
    if (by?.hasAttribute('form')) return leave(form, by);
    ask(state);
  });
  document.addEventListener('click', ({ target }) => takeAlong(form, target.closest('#period a, .choices a, .views a')), true);
  // A link to another part of this page is no other address.
  addEventListener('popstate', () => { if (address() !== state.here) location.reload(); });
  document.addEventListener('karta:say', ({ detail }) => say(detail, true));
}

function address() {
  return location.pathname + location.search;
}

// A button that stands outside the form leads to another page or view, with the choices and what is ticked.
function leave(form, by) {
  const query = new URLSearchParams(chosen(form));
  query.set(by.name, by.value);
  location.assign(`${by.getAttribute('formaction') ?? form.getAttribute('action')}?${query}`);
}

// What was ticked since the page came goes along with a link to other choices.
function takeAlong(form, link) {
  if (!link || !form.elements.rapporter) return;
  const to = new URL(link.href);
  to.searchParams.delete('rapporter');
  new FormData(form).getAll('rapporter').forEach((one) => to.searchParams.append('rapporter', one));
  link.href = to.pathname + to.search;
}

async function ask(state) {
  const { form } = state;
  state.asked?.abort();
  state.asked = new AbortController();
  try {
    const query = chosen(form);
    const answer = await fetch(`${form.action}?${query}`, { signal: state.asked.signal });
    if (!answer.ok) return form.submit();
    const bounds = replace(form, new DOMParser().parseFromString(await answer.text(), 'text/html'));
    history.pushState({}, '', `${form.getAttribute('action')}${query && '?'}${query}`);
    state.here = address();
    document.dispatchEvent(new CustomEvent('karta:question', { detail: { question: unticked(query), bounds } }));
    say(document.querySelector('#resultat h2').textContent);
  } catch (error) {
    if (error.name !== 'AbortError') form.submit();
  }
}

// The map is the same whatever is ticked.
function unticked(query) {
  const bare = new URLSearchParams(query);
  bare.delete('rapporter');
  return bare.toString();
}

// Only what differs from showing everything stands in the address.
function chosen(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (name === 'rapporter') query.append(name, value);
    else if (value && name !== 'layer') query.set(name, value);
  }
  const layers = shortest([...form.querySelectorAll('input[type="checkbox"][name="layer"]')]);
  if (layers) query.set('layer', layers);
  const months = form.querySelector('[data-period]');
  if (months && [...months.querySelectorAll('input')].every((one) => one.value === one.defaultValue)) {
    ['from', 'to'].forEach((name) => query.delete(name));
    query.set('period', months.dataset.period);
  }
  const seen = new URLSearchParams(location.search).get('som');
  if (seen) query.set('som', seen);
  return query.toString();
}

function shortest(boxes) {
  const off = boxes.filter((box) => !box.checked);
  if (!off.length) return '';
  if (off.length === boxes.length) return 'inga';
  const on = named(boxes, true).join();
  const without = named(boxes, false).map((name) => `-${name}`).join();
  return without.length < on.length ? without : on;
}

// The values of the boxes that are (not) ticked; a layer of every focus area goes by its own name.
function named(boxes, checked) {
  const layer = ({ value }) => value.split('.')[1];
  const whole = (one) => boxes.filter((box) => layer(box) === layer(one)).every((box) => box.checked === checked);
  return [...new Set(boxes.filter((box) => box.checked === checked).map((box) => (whole(box) ? layer(box) : box.value)))];
}

// Gives the box that the map is to show, when that is another than before.
function replace(form, fresh) {
  const [before, after] = [document, fresh].map((page) => page.querySelector('#resultat').dataset.bounds);
  document.querySelector('#resultat').dataset.bounds = after;
  for (const part of PARTS) {
    const [old, now] = [document.querySelector(part), fresh.querySelector(part)];
    if (old && now) old.replaceChildren(...now.childNodes);
  }
  for (const [part, name] of SAME) {
    const now = fresh.querySelector(part)?.getAttribute(name);
    if (now) document.querySelectorAll(part).forEach((old) => old.setAttribute(name, now));
  }
  for (const number of form.querySelectorAll('[data-count]')) {
    number.textContent = fresh.querySelector(`[data-count="${number.dataset.count}"]`)?.textContent ?? '';
  }
  return before === after ? null : after;
}

function say(words, visible = false) {
  const place = document.querySelector(visible ? '#synligt-besked' : '#besked');
  place.hidden = false;
  place.textContent = words;
}

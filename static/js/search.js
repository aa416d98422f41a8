// Suggests places, streets and stops while a name is written. Without it the same form is an ordinary search.
export function start(form) {
  const field = form.querySelector('input');
  const list = form.querySelector('.suggestions');
  let waiting = 0;
  let asked = null;
  const close = () => { list.hidden = true; field.setAttribute('aria-expanded', 'false'); field.removeAttribute('aria-activedescendant'); };
  const ask = async () => {
    asked?.abort();
    if (field.value.trim().length < 2) return close();
    asked = new AbortController();
    const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(field.value)}`, { signal: asked.signal }).catch(() => null);
    if (answer?.ok) fill(list, field, (await answer.json()).found);
  };
  form.addEventListener('submit', () => keep(form));
  field.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(ask, 150); });
  field.addEventListener('keydown', (event) => keys(event, list, field, close, (item) => pick(form, field, item)));
  field.addEventListener('blur', () => setTimeout(close, 150));
  list.addEventListener('mousedown', (event) => { event.preventDefault(); pick(form, field, event.target.closest('li')); });
}

// On the map page a search keeps the choices of the address as it is now.
function keep(form) {
  if (!document.querySelector('[data-module="filter"]')) return;
  form.querySelectorAll('input[type="hidden"]').forEach((old) => old.remove());
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (['plats', 'page', 'kring', 'objekt', 'som'].includes(name)) continue;
    const kept = document.createElement('input');
    Object.assign(kept, { type: 'hidden', name, value });
    form.append(kept);
  }
}

function fill(list, field, found) {
  list.replaceChildren(...found.map(({ name, kind }, index) => {
    const item = document.createElement('li');
    item.id = `forslag-${index}`;
    item.setAttribute('role', 'option');
    item.dataset.name = name;
    const what = document.createElement('span');
    what.textContent = kind;
    item.append(name, what);
    return item;
  }));
  list.hidden = !found.length;
  field.setAttribute('aria-expanded', String(found.length > 0));
}

function keys(event, list, field, close, choose) {
  const items = [...list.children];
  const now = items.findIndex((item) => item.getAttribute('aria-selected') === 'true');
  if (event.key === 'Escape') close();
  else if (event.key === 'Enter' && now >= 0 && !list.hidden) { event.preventDefault(); choose(items[now]); }
  else if (['ArrowDown', 'ArrowUp'].includes(event.key) && items.length && !list.hidden) {
    event.preventDefault();
    const next = (now + (event.key === 'ArrowDown' ? 1 : -1 + items.length) + items.length) % items.length;
    items.forEach((item, index) => item.setAttribute('aria-selected', String(index === next)));
    field.setAttribute('aria-activedescendant', items[next].id);
    items[next].scrollIntoView({ block: 'nearest' });
  }
}

function pick(form, field, item) {
  if (!item) return;
  field.value = item.dataset.name;
  form.requestSubmit();
}

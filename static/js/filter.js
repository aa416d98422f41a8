// Answers a changed choice at once: the same address is asked, and its list, legend and numbers replace the old ones.
const PARTS = ['#resultat', '#teckenforklaring', '#period'];

export function start(form) {
  let waiting = 0;
  let asked = null;
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const query = chosen(form);
      const answer = await fetch(`${form.action}?${query}`, { signal: asked.signal });
      if (!answer.ok) return form.submit();
      replace(form, new DOMParser().parseFromString(await answer.text(), 'text/html'));
      history.pushState({}, '', `${form.getAttribute('action')}?${query}`);
      document.dispatchEvent(new CustomEvent('karta:question', { detail: query }));
      say(document.querySelector('#resultat h2').textContent);
    } catch (error) {
      if (error.name !== 'AbortError') form.submit();
    }
  };
  // Text is only sent with the button: a half-written word is no question.
  form.addEventListener('change', ({ target }) => {
    if (target.matches('input[type="text"], input[type="search"], input[type="month"]')) return;
    clearTimeout(waiting);
    waiting = setTimeout(ask, 200);
  });
  addEventListener('popstate', () => location.reload());
  document.addEventListener('karta:say', ({ detail }) => say(detail, true));
}

function chosen(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value) query.set(name, query.has(name) ? `${query.get(name)},${value}` : value);
  }
  return query.toString();
}

function replace(form, fresh) {
  for (const part of PARTS) {
    const [old, now] = [document.querySelector(part), fresh.querySelector(part)];
    if (old && now) old.replaceChildren(...now.childNodes);
  }
  for (const number of form.querySelectorAll('[data-count]')) {
    number.textContent = fresh.querySelector(`[data-count="${number.dataset.count}"]`)?.textContent ?? '';
  }
}

function say(words, visible = false) {
  const place = document.querySelector(visible ? '#synligt-besked' : '#besked');
  place.hidden = false;
  place.textContent = words;
}

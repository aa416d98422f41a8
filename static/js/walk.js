// Points of a walk wait in this tab while there is no network, and are sent in their order when it is back. Each has a
// key of its own, so that one that came through although no answer did is not stored twice.
const AGAIN = 8000;

export function start(form) {
  const store = `walk:${form.dataset.walk}`;
  const state = form.querySelector('[data-walk-state]');
  const queue = JSON.parse(sessionStorage.getItem(store) ?? '[]');
  let sending = false;
  let timer = 0;

  const say = (words) => { state.textContent = words; };
  const keep = () => sessionStorage.setItem(store, JSON.stringify(queue));
  const waiting = () => (queue.length === 1 ? form.dataset.waitingOne : form.dataset.waiting.replace('{n}', queue.length));

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    queue.push([...new FormData(form)].filter(([name]) => !['csrf_token', 'draw_kind'].includes(name)));
    keep();
    form.elements.form_key.value = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    empty(form);
    send();
  });
  addEventListener('online', () => send());
  if (queue.length) send();

  async function send() {
    if (sending) return;
    sending = true;
    clearTimeout(timer);
    if (queue.length) say(waiting());
    while (queue.length && await sent(queue[0])) { queue.shift(); keep(); }
    if (queue.length) timer = setTimeout(send, AGAIN);
    sending = false;
  }

  // Whether the point needs to wait no longer: it is stored, or given back to whoever wrote it with what was wrong.
  async function sent(fields) {
    const body = new URLSearchParams([...fields, ['csrf_token', form.elements.csrf_token.value]]);
    const answer = await fetch(form.action, { method: 'POST', body }).catch(() => null);
    if (!answer || answer.status >= 500) { say(waiting()); return false; }
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const points = page.querySelector('[data-walk-points]');
    if (!points || answer.status === 403) { say(form.dataset.signIn); return false; }
    document.querySelector('[data-walk-points]').replaceWith(document.adoptNode(points));
    if (answer.ok) { say(form.dataset.all); return true; }
    give(form, fields);
    say(`${form.dataset.refused} ${[...page.querySelectorAll('.notice.error li')].map((one) => one.textContent.trim()).join(' ')}`);
    return true;
  }
}

function empty(form) {
  for (const field of form.elements) {
    if (field.type === 'radio' && field.name === 'vad') field.checked = false;
    else if (['text', 'plats', 'geometry'].includes(field.name)) field.value = '';
  }
  form.querySelector('[data-locate-state]').textContent = '';
  form.dispatchEvent(new Event('input', { bubbles: true }));
}

function give(form, fields) {
  for (const [name, value] of fields) {
    if (name === 'vad') for (const one of form.querySelectorAll('[name="vad"]')) one.checked = one.value === value;
    else if (['text', 'plats', 'geometry'].includes(name)) form.elements[name].value = value;
  }
  form.dispatchEvent(new Event('input', { bubbles: true }));
}

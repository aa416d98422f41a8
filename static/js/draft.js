// Keeps what is typed: on the server a moment after the last key, and in this tab while there is no network. A form
// without an account behind it (data-spare) is kept in this tab only, until what it was opened with is no longer stored.
export function start(form) {
  const state = form.querySelector('[data-draft-state]');
  const alone = !form.dataset.draft;
  const spare = `draft:${form.dataset.spare ?? form.dataset.draft}`;
  let waiting = 0;
  let changed = false;

  const typed = () => [...new FormData(form)].filter(([name]) => !['csrf_token', 'form_key'].includes(name));
  const say = (words) => { if (state) state.textContent = words; };
  const save = async () => {
    sessionStorage.setItem(spare, JSON.stringify(typed()));
    if (alone) { say(navigator.onLine ? '' : form.dataset.offline); return; }
    try {
      const answer = await fetch(form.dataset.draft, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
      const { saved, error } = await answer.json();
      if (answer.ok) { changed = false; sessionStorage.removeItem(spare); }
      say(saved ?? error ?? form.dataset.unsaved);
    } catch {
      say(navigator.onLine ? form.dataset.unsaved : form.dataset.offline);
      later(5000);
    }
  };
  const later = (milliseconds) => { clearTimeout(waiting); waiting = setTimeout(save, milliseconds); };

  form.addEventListener('input', () => { changed = true; later(1500); });
  addEventListener('online', () => { if (changed) save(); });
  // A browser's own page for a lost network would take the place of what was typed.
  form.addEventListener('submit', (event) => {
    if (alone) sessionStorage.setItem(spare, JSON.stringify(typed()));
    if (!navigator.onLine) {
      event.preventDefault();
      sessionStorage.setItem(spare, JSON.stringify(typed()));
      say(form.dataset.offline);
      return;
    }
    clearTimeout(waiting);
    // Coverage may go while the form is under way; the key of what is stored then changes by itself.
    if (!alone) sessionStorage.removeItem(spare);
  });
  restore(form, sessionStorage.getItem(spare));
}

function restore(form, kept) {
  if (!kept) return;
  const values = new Map();
  for (const [name, value] of JSON.parse(kept)) values.set(name, [...(values.get(name) ?? []), value]);
  for (const field of form.elements) {
    if (['checkbox', 'radio'].includes(field.type)) field.checked = (values.get(field.name) ?? []).includes(field.value);
    // What the form was opened with goes with what was typed: others may have saved meanwhile.
    else if (values.has(field.name) && (field.type !== 'hidden' || ['version', 'opened'].includes(field.name))) [field.value] = values.get(field.name);
  }
  form.dispatchEvent(new Event('input'));
}

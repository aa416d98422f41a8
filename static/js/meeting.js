// Meeting mode by keyboard, without leaving the full screen between two stretches; the pointer hides when it is still.
import { pressed } from './shortcut.js';

const STILL = 3000;
let asked = null;

export function start(body) {
  addEventListener('keydown', (event) => {
    const key = body.dataset.keys === 'off' ? '' : pressed(event);
    const link = key && body.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!link && key !== 'f') return;
    event.preventDefault();
    if (link) link.click();
    else fill();
  });
  body.addEventListener('click', (event) => {
    if (event.target.closest('[data-full]')) { fill(); return; }
    const link = event.target.closest('a[data-key], a[data-switch], a[data-stay]');
    const plain = link && event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!plain || !new URL(link.href).pathname.startsWith(body.dataset.within)) return;
    event.preventDefault();
    show(body, link.href, true);
  });
  addEventListener('popstate', () => show(body, location.href, false));
  hidePointer(body);
  setInterval(() => tellTime(body), 5000);
}

function fill() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

// Only the middle of the page is changed, since a browser leaves the full screen when it goes to another page.
async function show(body, address, forward) {
  const mine = asked = {};
  const answer = await fetch(address).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : null;
  // Somebody who presses twice means the last one.
  if (asked !== mine) return;
  if (!page?.body.dataset.keys) { location.assign(address); return; }
  if (forward) history.pushState(null, '', address);
  const held = document.activeElement?.closest('[data-key], [data-switch], [data-stay]');
  const again = held && (held.id ? `#${held.id}` : held.dataset.key ? `[data-key="${held.dataset.key}"]` : '[data-switch]');
  // Said to who cannot see that the middle changed.
  body.querySelector('[data-now]').textContent = page.querySelector('h1').textContent;
  body.querySelector('main').replaceWith(document.adoptNode(page.querySelector('main')));
  body.dataset.keys = page.body.dataset.keys;
  document.title = page.title;
  if (again) body.querySelector(again)?.focus();
}

function hidePointer(body) {
  let waiting = 0;
  const moved = () => {
    body.classList.remove('still');
    clearTimeout(waiting);
    waiting = setTimeout(() => body.classList.add('still'), STILL);
  };
  addEventListener('pointermove', moved);
  moved();
}

function tellTime(body) {
  const now = new Date().toLocaleTimeString('sv-SE', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Stockholm' });
  const clock = body.querySelector('[data-clock]');
  if (clock && clock.textContent !== now) clock.textContent = now;
}

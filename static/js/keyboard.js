// The keys of the map. They act only while the map itself has focus, and can be turned off (WCAG 2.1.4).
export function keyboard(map, acts) {
  const view = map.getContainer();
  const box = view.closest('.map-box');
  view.tabIndex = 0;
  view.setAttribute('role', 'region');
  view.setAttribute('aria-label', acts.names.region);
  if (acts.describedBy) view.setAttribute('aria-describedby', acts.describedBy);
  const help = box.querySelector('.key-help');
  const toggle = (open) => { if (help) { help.hidden = !open; (open ? help.querySelector('button') : view).focus(); } };
  help?.addEventListener('click', (event) => {
    if (event.target.closest('[data-keys-close]')) toggle(false);
  });
  help?.addEventListener('keydown', (event) => { if (event.key === 'Escape') toggle(false); });
  box.querySelector('[data-keys-open]')?.addEventListener('click', () => toggle(true));
  view.addEventListener('keydown', (event) => {
    if (event.target !== view || event.ctrlKey || event.metaKey || event.altKey) return;
    if (help?.querySelector('[data-keys-off]')?.checked) return;
    const act = keys(map, acts, toggle)[event.key];
    if (!act) return;
    event.preventDefault();
    act(event.shiftKey ? 0.2 : 1);
  });
}

function keys(map, acts, toggle) {
  return {
    ArrowUp: (by) => acts.pan(0, -by),
    ArrowDown: (by) => acts.pan(0, by),
    ArrowLeft: (by) => acts.pan(-by, 0),
    ArrowRight: (by) => acts.pan(by, 0),
    '+': acts.in,
    '-': acts.out,
    Enter: () => map.nearest?.(map.getSize().divideBy(2), 40)?.(),
    Escape: () => document.dispatchEvent(new CustomEvent('karta:left')),
    '?': () => toggle(true),
  };
}

// A link that one key follows, as long as nobody is writing; the page has a switch that turns it off (WCAG 2.1.4).
const FIELDS = 'input, select, textarea, [contenteditable]';

export function start(link) {
  if (link.dataset.keys === 'off') return;
  addEventListener('keydown', (event) => {
    if (pressed(event) !== link.dataset.key) return;
    event.preventDefault();
    link.click();
  });
}

// The key that was pressed, in small letters; nothing while somebody writes or asks something of the browser.
export function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(FIELDS)) return '';
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

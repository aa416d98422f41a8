// Choosing a row of the list opens the same panel as its sign on the map. The rows are one stop of the Tab key.
import { roving } from './roving.js';

export function start(list) {
  const settle = [
    roving(list, () => [...list.querySelectorAll('ol.rows > li')], { inside: 'a, input, button', line: true }),
    roving(list, () => [...list.querySelectorAll('.views :is(a, button)')], { line: true }),
  ];
  document.addEventListener('karta:question', () => settle.forEach((one) => one()));
  list.addEventListener('click', (event) => {
    const link = event.target.closest('[data-id]');
    const stage = document.querySelector('.stage');
    if (!link || !stage || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const hidden = !stage.classList.contains('full') && getComputedStyle(stage).visibility === 'hidden';
    // With the map out of sight a link is just a link; what has no page of its own opens the map.
    if (stage.offsetParent === null && !stage.classList.contains('full') && getComputedStyle(stage).display === 'none') return;
    if (hidden && link.dataset.page) return;
    event.preventDefault();
    if (hidden) document.dispatchEvent(new CustomEvent('karta:full', { detail: link }));
    choose(link);
  });
  document.addEventListener('karta:closed', () => mark(null));
}

function choose(link) {
  const { layer, id } = link.dataset;
  mark(link.closest('li, tr'));
  document.dispatchEvent(new CustomEvent('karta:chosen', { detail: { items: [{ layer, id }], origin: link } }));
}

function mark(row) {
  document.querySelectorAll('.chosen').forEach((old) => old.classList.remove('chosen'));
  row?.classList.add('chosen');
}

// Choosing a row of the list opens the same panel as its sign on the map.
export function start(list) {
  list.addEventListener('click', (event) => {
    const link = event.target.closest('[data-id]');
    const stage = document.querySelector('.stage');
    if (!link || !stage || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const hidden = !stage.classList.contains('full') && getComputedStyle(stage).visibility === 'hidden';
    // With the map out of sight a link is just a link; what has no page of its own opens the map.
    if (stage.offsetParent === null && !stage.classList.contains('full') && getComputedStyle(stage).display === 'none') return;
    if (hidden && link.tagName === 'A') return;
    event.preventDefault();
    if (hidden) document.dispatchEvent(new CustomEvent('karta:full', { detail: link }));
    choose(list, link);
  });
  document.addEventListener('karta:closed', () => mark(null));
}

function choose(list, link) {
  const { layer, id, lon, lat } = link.dataset;
  mark(link.closest('li, tr'));
  const at = lon ? [Number(lat), Number(lon)] : null;
  document.dispatchEvent(new CustomEvent('karta:chosen', { detail: { items: [{ layer, id }], at, origin: link } }));
}

function mark(row) {
  document.querySelectorAll('.chosen').forEach((old) => old.classList.remove('chosen'));
  row?.classList.add('chosen');
}

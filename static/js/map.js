// What the composed map script calls: one function per element that folium puts on the map.
import { areas } from './areas.js';
import { chosen } from './chosen.js';

export { background } from './background.js';
export { cells } from './cells.js';
export { hit } from './hit.js';
export { stretches } from './stretches.js';
export { localTiles, vectorTiles } from './tiles.js';
import { frame as buttons } from './frame.js';

export function frame(map, options) {
  buttons(map, options);
  chosen(map, options);
  areas(map);
  document.addEventListener('click', ({ target }) => view(map, target.closest('[data-with-view]')));
  document.dispatchEvent(new CustomEvent('karta:ready', { detail: map }));
}

// A link that makes something of what is seen takes the view along.
function view(map, link) {
  if (!link) return;
  const address = new URL(link.href);
  address.searchParams.set('bbox', map.getBounds().toBBoxString().split(',').map((side) => Number(side).toFixed(5)));
  link.href = address;
}

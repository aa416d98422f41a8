// What the composed map script calls: one function per element that folium puts on the map.
import { chosen } from './chosen.js';

export { background } from './background.js';
export { cells } from './cells.js';
export { localTiles, vectorTiles } from './tiles.js';
import { frame as buttons } from './frame.js';

export function frame(map, options) {
  chosen(map);
  buttons(map, options);
}

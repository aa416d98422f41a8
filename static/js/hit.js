// Marks what was searched for: the street as a line, its place with a pin, and its name.
import { outline } from './chosen.js';

export function hit(map, { name, at, lines }) {
  const position = L.latLng(at);
  if (lines.length) outline({ type: 'MultiLineString', coordinates: lines }).forEach((line) => line.addTo(map));
  const sign = document.createElement('div');
  sign.className = 'hit';
  const words = document.createElement('span');
  words.textContent = name;
  sign.append(words);
  const Sign = L.Icon.extend({ createIcon: () => sign, createShadow: () => null });
  L.marker(position, { icon: new Sign(), interactive: false, keyboard: false, zIndexOffset: 8000 }).addTo(map);
  // The sign, and its name to the right of it.
  const discs = [{ over: 0, r: 15 }];
  for (let over = 24; over < name.length * 8.2 + 30; over += 16) discs.push({ over, r: 13 });
  map.obstacles?.push(() => discs.map(({ over, r }) => ({ x: map.project(position).x + over, y: map.project(position).y, r })));
}

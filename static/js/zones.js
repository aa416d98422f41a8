// Numbered areas, each with its outline and colour; the sign with its number opens it as the area itself does.
import { roving } from './roving.js';
import { draw, mark } from './symbols.js';

const INK = '#101820';
const SIGN = 26;
const PANE = 'zoner';

export function zones(map, options) {
  Object.assign(map.createPane(PANE).style, { zIndex: 390 });
  const signs = options.zones.map((zone) => add(map, zone));
  // What else is drawn stands beside the numbers, not on them.
  map.obstacles.push(() => signs.map((sign) => ({ ...map.project(sign.getLatLng()), r: SIGN / 2 })));
  map.on('zoomend moveend', roving(map.getContainer(), () => signs.map((sign) => sign.getElement())));
  document.dispatchEvent(new CustomEvent('karta:marked'));
  map.getContainer().dataset.zones = signs.length;
}

function add(map, zone) {
  const area = L.geoJSON(zone.geometry, { pane: PANE, style: { pane: PANE, color: INK, weight: 1.5, fillColor: zone.colour, fillOpacity: 0.7 } }).addTo(map);
  const text = draw('text', { 'font-size': zone.number > 99 ? 10 : 13, fill: INK });
  text.textContent = zone.number;
  const svg = draw('svg', { viewBox: '-13 -13 26 26', width: SIGN, height: SIGN, 'aria-hidden': 'true' }, draw('circle', { r: 11.5, fill: '#fff', stroke: INK, 'stroke-width': 2 }), text);
  const sign = mark(area.getBounds().getCenter(), svg, zone.title, { front: 200 * (100 - Math.min(zone.number, 99)) }).addTo(map);
  const button = sign.getElement();
  button.setAttribute('role', 'button');
  const open = () => document.dispatchEvent(new CustomEvent('karta:chosen', { detail: { items: [zone] } }));
  area.on('click', open);
  sign.on('click', open);
  button.addEventListener('keydown', (event) => { if (['Enter', ' '].includes(event.key)) { event.preventDefault(); event.stopPropagation(); open(); } });
  return sign;
}

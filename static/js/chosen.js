// Marks on the map what the page speaks of: its outline, and its own sign with a halo, alone and never under a panel.
import { fit } from './fit.js';
import { symbol } from './symbols.js';

const NEAR = 16;

export function chosen(map, { sprite }) {
  const layer = L.layerGroup().addTo(map);
  let at = null;
  map.obstacles?.push(() => (at ? [{ ...map.project(at), r: 26 }] : []));
  const mark = (found, key) => {
    layer.clearLayers();
    at = found?.point ? L.latLng(found.point[1], found.point[0]) : null;
    map.spoken = at ? key : null;
    if (at) draw(layer, found, at, sprite);
    document.dispatchEvent(new CustomEvent('karta:marked'));
  };
  document.addEventListener('karta:shown', ({ detail }) => {
    mark(detail.found, `${detail.layer}.${detail.id}`);
    if (at) fit(map, bounds(detail.found, at), { maxZoom: Math.max(map.getZoom(), NEAR) });
  });
  document.addEventListener('karta:closed', () => mark(null));
  const about = document.querySelector('[data-about]')?.dataset;
  if (about) fetch(about.address).then((answer) => (answer.ok ? answer.json() : null)).then((found) => mark(found, about.about)).catch(() => {});
}

function bounds({ geometry }, at) {
  return geometry && geometry.type !== 'Point' ? L.geoJSON(geometry).getBounds() : L.latLngBounds(at, at);
}

function draw(layer, { geometry, symbol: name }, at, sprite) {
  if (geometry && geometry.type !== 'Point') outline(geometry).forEach((line) => layer.addLayer(line));
  const sign = document.createElement('div');
  sign.className = 'spoken-sign';
  sign.append(symbol(`${sprite}#${name}`, 40));
  const Sign = L.Icon.extend({ createIcon: () => sign, createShadow: () => null });
  layer.addLayer(L.marker(at, { icon: new Sign(), interactive: false, keyboard: false, zIndexOffset: 9000 }));
}

export function outline(geometry) {
  const line = (style) => L.geoJSON(geometry, { interactive: false, style });
  return [
    line({ color: '#ffffff', weight: 10, opacity: 0.95, fill: false }),
    line({ color: '#101820', weight: 5, fillColor: '#ffdd00', fillOpacity: 0.25 }),
    line({ color: '#ffdd00', weight: 2, fill: false }),
  ];
}

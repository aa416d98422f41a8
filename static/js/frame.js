// The buttons and keys of the map. Every movement has a button, so nothing needs dragging.
import { fit } from './fit.js';
import { keyboard } from './keyboard.js';
import { roving } from './roving.js';

export function frame(map, options) {
  const box = map.getContainer().closest('.map-box');
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const pan = (x, y) => map.panBy([x * 120, y * 120], { animate: !still });
  const acts = {
    in: () => map.zoomIn(1),
    out: () => map.zoomOut(1),
    home: () => fit(map, options.bounds, { whole: true }),
    north: () => pan(0, -1),
    south: () => pan(0, 1),
    west: () => pan(-1, 0),
    east: () => pan(1, 0),
    locate: () => locate(map, options.names),
  };
  box.addEventListener('click', (event) => acts[event.target.closest('[data-map-action]')?.dataset.mapAction]?.());
  keyboard(map, { ...acts, pan, ...options });
  roving(box.querySelector('.map-tools'), () => [...box.querySelectorAll('.map-tools button')], { line: true });
  document.addEventListener('karta:question', ({ detail }) => { if (detail.bounds) fit(map, corners(detail.bounds)); });
  touch(map, box);
  L.control.scale({ imperial: false, position: 'bottomleft', maxWidth: 110 }).addTo(map);
  sized(map, options.first);
  map.getContainer().dataset.ready = 'true';
}

function corners(text) {
  const [west, south, east, north] = text.split(',').map(Number);
  return [[south, west], [north, east]];
}

// On a phone the map begins out of sight, so it finds its first view when it is opened.
function sized(map, first) {
  let seen = map.getContainer().clientHeight > 50;
  new ResizeObserver(() => {
    map.invalidateSize({ animate: false });
    if (seen || map.getContainer().clientHeight <= 50) return;
    seen = true;
    fit(map, first, { whole: true });
  }).observe(map.getContainer());
}

// On a touch screen a finger scrolls the page until the person says that the map is to be used.
function touch(map, box) {
  const button = box.querySelector('.use-map');
  if (!button || !matchMedia('(pointer: coarse)').matches || matchMedia('(max-width: 61.9rem)').matches) return;
  map.dragging.disable();
  button.classList.add('waiting');
  button.addEventListener('click', () => { map.dragging.enable(); button.classList.remove('waiting'); map.getContainer().focus(); });
}

function locate(map, names) {
  const say = (words) => document.dispatchEvent(new CustomEvent('karta:say', { detail: words }));
  if (!navigator.geolocation) return say(names.nowhere);
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    const here = [coords.latitude, coords.longitude];
    map.me?.remove();
    map.me = L.layerGroup([
      L.circle(here, { radius: coords.accuracy, color: '#0b4fa0', weight: 1, fillOpacity: 0.12, interactive: false }),
      L.circleMarker(here, { radius: 7, color: '#fff', weight: 3, fillColor: '#0b4fa0', fillOpacity: 1, interactive: false }),
    ]).addTo(map);
    map.setView(here, Math.max(map.getZoom(), 15));
  }, () => say(names.nowhere), { timeout: 10000, maximumAge: 60000 });
}

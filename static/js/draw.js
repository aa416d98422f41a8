// Draws the shape of a place: a click or Enter at the crosshair sets a corner, corners can be dragged, the last taken
// back. The form's own field holds the shape as GeoJSON, so the map is only one way to fill it in.
import { draw as element, mark } from './symbols.js';

const LEAST = { Point: 1, LineString: 2, Polygon: 3 };
const PANE = 'rita';
const WORLD = [[-85, -180], [85, 180]];
const TWICE = { milliseconds: 400, pixels: 8 };
const STYLE = { pane: PANE, color: '#101820', weight: 4, fillColor: '#0b4fa0', fillOpacity: 0.18, interactive: false };

// Only pages where somebody draws come with this module.
document.addEventListener('karta:ready', ({ detail }) => {
  const box = document.querySelector('[data-draw]');
  if (box) start(detail, box);
});

function start(map, box) {
  const field = box.closest('form').elements.geometry;
  // What is drawn lies above the signs that it is drawn around.
  map.createPane(PANE).style.zIndex = 640;
  const state = { map, box, field, layer: L.layerGroup().addTo(map), points: [], foreign: null, written: null, broken: false, faulty: box.dataset.fault ? field.value : null, clicked: null };
  state.kind = kind(state);
  map.doubleClickZoom.disable();
  map.on('click', ({ latlng, containerPoint }) => { if (!twice(state, containerPoint)) add(state, latlng); });
  // Enter on the map takes the corner under the crosshair instead of opening what lies there.
  map.nearest = (middle) => () => add(state, map.containerPointToLatLng(middle));
  map.getContainer().addEventListener('keydown', (event) => { if (event.key === 'Backspace') undo(state); });
  box.addEventListener('change', ({ target }) => { if (target.name === 'draw_kind') turn(state); });
  // A finger covers what it points at: the map is moved under the crosshair, and a button takes what lies there.
  box.querySelector('[data-draw-act="here"]')?.addEventListener('click', () => add(state, map.getCenter()));
  box.querySelector('[data-draw-act="undo"]').addEventListener('click', () => undo(state));
  box.querySelector('[data-draw-act="clear"]').addEventListener('click', () => { state.points = []; changed(state); });
  box.closest('form').addEventListener('input', () => { if (field.value !== state.written) read(state); });
  read(state);
  box.dataset.ready = 'true';
}

// A form that takes one kind of shape has no choice of them.
function kind({ box }) {
  return box.dataset.draw || box.querySelector('[name="draw_kind"]:checked').value;
}

// A point is no beginning of a stretch or an area, nor the other way round.
function turn(state) {
  const now = kind(state);
  if ([now, state.kind].includes('Point')) state.points = [];
  state.kind = now;
  if (state.foreign) show(state);
  else changed(state);
}

// The second half of a double click is no corner of its own.
function twice(state, point) {
  const before = state.clicked;
  state.clicked = { point, at: Date.now() };
  return before && state.clicked.at - before.at < TWICE.milliseconds && point.distanceTo(before.point) < TWICE.pixels;
}

function add(state, { lat, lng }) {
  state.points = kind(state) === 'Point' ? [[lat, lng]] : [...state.points, [lat, lng]];
  changed(state);
}

function undo(state) {
  state.points = state.points.slice(0, -1);
  changed(state);
}

function changed(state) {
  Object.assign(state, { foreign: null, broken: false });
  state.written = geojson(state);
  state.field.value = state.written;
  state.field.dispatchEvent(new Event('input', { bubbles: true }));
  show(state);
}

// The shape as text, empty until it has corners enough.
function geojson(state) {
  const type = kind(state);
  const round = (n) => Number(n.toFixed(6));
  const corners = state.points.map(([lat, lng]) => [round(lng), round(lat)]);
  if (corners.length < LEAST[type]) return '';
  const coordinates = { Point: corners.at(-1), LineString: corners, Polygon: [[...corners, corners[0]]] }[type];
  return JSON.stringify({ type, coordinates });
}

// What stands in the field already is shown; a shape with holes or several parts is shown whole and can be drawn anew.
function read(state) {
  state.written = state.field.value;
  state.points = [];
  state.foreign = null;
  const text = state.field.value.trim();
  const found = text && parsed(text);
  state.broken = Boolean(text && !found);
  if (found) take(state, found.shape);
  state.kind = kind(state);
  show(state);
  if (found) look(state.map, found.bounds.pad(0.6));
}

// Also a shape outside the municipality is shown where it lies, so that what is wrong with it can be seen.
function look(map, bounds) {
  map.setMaxBounds(L.latLngBounds(map.options.maxBounds).extend(bounds));
  map.fitBounds(bounds, { animate: false, maxZoom: 16 });
}

// A shape that can be drawn, with its bounds; what cannot be understood is no shape.
function parsed(text) {
  try {
    const shape = JSON.parse(text);
    const bounds = L.geoJSON(shape).getBounds();
    return bounds.isValid() && L.latLngBounds(WORLD).contains(bounds) ? { shape, bounds } : null;
  } catch {
    return null;
  }
}

function take(state, { type, coordinates }) {
  const rings = { Point: [coordinates], LineString: coordinates, Polygon: coordinates?.length === 1 ? coordinates[0].slice(0, -1) : null }[type];
  const radio = [...state.box.querySelectorAll('[name="draw_kind"]')].find(({ value }) => value === type);
  if (!rings || !(radio || state.box.dataset.draw === type)) {
    state.foreign = { type, coordinates };
    return;
  }
  if (radio) radio.checked = true;
  state.points = rings.map(([lng, lat]) => [lat, lng]);
}

function show(state) {
  const { layer, points, foreign, box } = state;
  layer.clearLayers();
  if (foreign) L.geoJSON(foreign, { ...STYLE, style: STYLE }).addTo(layer);
  else if (points.length > 1) outline(state).addTo(layer);
  // So many corners are a shape from elsewhere, which is not pulled about corner by corner.
  if (points.length <= 60) points.forEach((point, index) => corner(state, point, index));
  const line = box.querySelector('[data-draw-state]');
  line.textContent = told(state);
  line.classList.toggle('wrong', faulty(state) || state.broken);
}

// What the server would not take is said until the shape is another.
function faulty({ field, faulty: refused }) {
  return refused !== null && field.value === refused;
}

function told(state) {
  const words = state.box.dataset;
  if (faulty(state)) return words.fault;
  if (state.broken) return words.broken;
  return state.foreign ? words.other : said(kind(state), state.points.length, words);
}

function outline(state) {
  return kind(state) === 'Polygon' ? L.polygon(state.points, STYLE) : L.polyline(state.points, { ...STYLE, fill: false });
}

function said(type, n, words) {
  if (!n) return words.none;
  if (type === 'Point') return words.point;
  return (n < LEAST[type] ? words.more : words.corners).replace('{n}', n).replace('{least}', LEAST[type]);
}

function corner(state, point, index) {
  const svg = element('svg', { viewBox: '-10 -10 20 20', width: 20, height: 20, 'aria-hidden': 'true' }, element('circle', { r: 7, fill: '#fff', stroke: '#101820', 'stroke-width': 3 }));
  const one = mark(point, svg, '');
  Object.assign(one.options, { draggable: true, pane: PANE });
  one.addTo(state.layer);
  const icon = one.getElement();
  icon.classList.add('corner');
  icon.removeAttribute('aria-label');
  icon.setAttribute('aria-hidden', 'true');
  one.on('dragend', () => {
    const { lat, lng } = one.getLatLng();
    state.points[index] = [lat, lng];
    changed(state);
  });
}

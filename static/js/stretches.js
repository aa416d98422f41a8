// The stretches of the list on the map: as wide as their count, the first ones numbered. A row chosen is shown on the
// map, and a line chosen there is shown in the list.
import { fit } from './fit.js';
import { roving } from './roving.js';
import { draw as element, mark } from './symbols.js';

const INK = '#101820';
const SIGN = 26;
const PANE = 'strackor';

export function stretches(map, options) {
  map.createPane(PANE).style.zIndex = 390;
  const state = { map, options, words: Object.fromEntries(options.words), lines: new Map(), signs: [], marked: L.layerGroup().addTo(map) };
  map.marked = () => state.signs.filter(({ seen }) => seen).map(({ box }) => box());
  map.nearest = (point, within) => nearest(state, point, within);
  list(state);
  fetch(options.address).then((answer) => (answer.ok ? answer.json() : { features: [] })).then(({ features }) => {
    // The first place lies uppermost.
    [...features].reverse().forEach((feature) => add(state, feature));
    features.filter(({ properties: { place, complaints } }) => place && complaints).slice(0, options.numbered).forEach((feature) => number(state, feature));
    const settle = roving(map.getContainer(), () => state.signs.filter(({ seen }) => seen).map(({ sign }) => sign.getElement()));
    const again = () => { apart(state); settle(); };
    map.on('zoomend', again);
    again();
    map.getContainer().dataset.drawn = features.length;
  });
}

function wide({ widths }, count) {
  return widths.filter(([low]) => count >= low).at(-1)?.[1] ?? 2;
}

function add(state, feature) {
  const { map, options } = state;
  const { id, complaints } = feature.properties;
  const line = (style) => L.geoJSON(feature.geometry, { pane: PANE, style: { pane: PANE, lineCap: 'round', ...style } }).addTo(map);
  const weight = wide(options, complaints);
  line({ color: INK, weight: weight + 3, interactive: false });
  line({ color: complaints ? options.colour : options.none, weight, interactive: false });
  // A thin line is as easy to hit as a wide one.
  line({ color: INK, opacity: 0, weight: Math.max(weight, 18) }).on('click', () => choose(state, id, { seen: true }));
  state.lines.set(id, feature);
}

function number(state, feature) {
  const { map } = state;
  const { id, name, place } = feature.properties;
  const coordinates = feature.geometry.coordinates;
  const [lng, lat] = coordinates[Math.floor(coordinates.length / 2)];
  const middle = coordinates.length === 2 ? [(coordinates[0][1] + lat) / 2, (coordinates[0][0] + lng) / 2] : [lat, lng];
  const text = element('text', { 'font-size': place > 99 ? 10 : 13, fill: INK });
  text.textContent = place;
  const svg = element('svg', { viewBox: '-13 -13 26 26', width: SIGN, height: SIGN, 'aria-hidden': 'true' }, element('circle', { r: 11.5, fill: '#fff', stroke: INK, 'stroke-width': 2 }), text);
  const sign = mark(middle, svg, `${place}. ${name}`, { front: 200 * (100 - Math.min(place, 99)) }).addTo(map);
  const button = sign.getElement();
  button.setAttribute('role', 'button');
  sign.on('click', () => choose(state, id, { seen: true }));
  button.addEventListener('keydown', (event) => { if (['Enter', ' '].includes(event.key)) { event.preventDefault(); event.stopPropagation(); choose(state, id, { seen: true }); } });
  const box = () => { const { x, y } = map.latLngToLayerPoint(middle); return [x - 14, y - 14, x + 14, y + 14]; };
  state.signs.push({ sign, box, seen: true });
}

// Of two numbers that would cover each other the first place stands; the other comes when there is room for it.
function apart({ signs }) {
  const taken = [];
  for (const one of signs) {
    const mine = one.box();
    one.seen = !taken.some((other) => mine[0] < other[2] && other[0] < mine[2] && mine[1] < other[3] && other[1] < mine[3]);
    one.sign.getElement().hidden = !one.seen;
    if (one.seen) taken.push(mine);
  }
}

// `seen`: it was chosen on the map, so the list moves and not the map.
function choose(state, id, { seen }) {
  const feature = state.lines.get(id);
  if (!feature) return;
  state.marked.clearLayers();
  const weight = wide(state.options, feature.properties.complaints);
  for (const [color, more] of [['#fff', 12], [INK, 7], ['#ffdd00', 2]]) state.marked.addLayer(L.geoJSON(feature.geometry, { interactive: false, style: { color, weight: weight + more } }));
  if (!seen) fit(state.map, L.geoJSON(feature.geometry).getBounds().pad(0.5), { maxZoom: 15 });
  for (const row of document.querySelectorAll('[data-stretch]')) {
    const here = Number(row.dataset.stretch) === id;
    row.classList.toggle('chosen', here);
    row.querySelector('[data-show]')?.setAttribute('aria-pressed', here);
    if (here && seen) row.scrollIntoView({ block: 'nearest' });
  }
  say(state, feature.properties);
}

function say({ words }, { place, name, complaints, url }) {
  const line = document.querySelector('[data-chosen-stretch]');
  const link = document.createElement('a');
  link.href = url;
  link.textContent = words.open;
  line.replaceChildren(words.one.replace('{name}', place ? `${place}. ${name}` : name).replace('{n}', complaints), ' ', link);
}

function list(state) {
  const table = document.querySelector('.ranked');
  if (!table) return;
  roving(table, () => [...table.querySelectorAll('[data-show]')], { line: true });
  table.addEventListener('click', ({ target }) => {
    const row = target.closest('[data-stretch]');
    if (row && !target.closest('a')) choose(state, Number(row.dataset.stretch), { seen: false });
  });
}

function nearest(state, point, within) {
  const { map } = state;
  let best = null;
  for (const [id, { geometry }] of state.lines) {
    const ends = geometry.coordinates.map(([lng, lat]) => map.latLngToContainerPoint([lat, lng]));
    for (let at = 1; at < ends.length; at += 1) {
      const far = L.LineUtil.pointToSegmentDistance(point, ends[at - 1], ends[at]);
      if (far <= within && (!best || far < best.far)) best = { id, far };
    }
  }
  return best && (() => choose(state, best.id, { seen: true }));
}

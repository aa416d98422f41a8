// The rows of the question on the map: counts per cell far out, the rows themselves near. The data is an address.
import { arrange } from './background.js';
import { mark, ring, ringRadius, symbol } from './symbols.js';

const TAB_STOPS = 20;
const REPORTS = ['problem', 'traffic', 'accident', 'strength'];

export function cells(map, options) {
  const state = { map, options, marks: new Map(), question: options.question, last: '', waiting: 0, asked: null, held: {} };
  const ask = () => { clearTimeout(state.waiting); state.waiting = setTimeout(() => request(state), 120); };
  map.on('moveend', ask);
  document.addEventListener('karta:question', ({ detail }) => { state.question = detail; state.last = ''; request(state); });
  map.marked = () => [...state.marks.values()].map((one) => taken(map, one));
  map.nearest = (point, within) => nearest(state, point, within);
  if (options.first) draw(state, options.first.address).then(() => request(state));
  else request(state);
}

function request(state) {
  const address = state.options.rows ? 'rows' : wanted(state);
  return address && draw(state, address);
}

// What stands close together depends on the zoom, so an answer is drawn anew for each. One that another has overtaken
// is not drawn.
async function draw(state, address) {
  const { map, options } = state;
  const key = `${address}|${map.getZoom()}|${options.rows ? map.getBounds().toBBoxString() : ''}`;
  if (key === state.last) return;
  state.last = key;
  try {
    const answer = options.rows ? options.rows(map, map.getBounds().pad(0.15)) : await answered(state, address);
    if (state.last !== key) return;
    state.unmapped = answer.unmapped_by_area;
    show(state, together(map, answer.features));
    withoutPlace(state);
    arrange(map);
  } catch (error) {
    if (error.name !== 'AbortError') map.fire('karta:fel');
  }
}

async function answered(state, address) {
  if (state.held.address !== address) state.held = { address, answer: await fetched(state, address) };
  return state.held.answer;
}

// The address of the cells for what the map shows now. What the page asked for itself is enough as far as it reaches.
function wanted({ map, options, question }) {
  const { first } = options;
  const view = map.getBounds().pad(0.05);
  const like = first && question === options.question && Math.abs(map.getZoom() - first.zoom) <= 0.5;
  if (like && inside(view, first.box, options.within)) return first.address;
  const box = rounded(map.getBounds().pad(0.15), options.within);
  const query = new URLSearchParams(question);
  query.delete('page');
  query.set('z', Math.round(map.getZoom()));
  query.set('bbox', box);
  return box && `${options.address}?${query}`;
}

function inside(view, box, within) {
  const [west, south, east, north] = within || [-180, -90, 180, 90];
  return Math.max(view.getWest(), west) >= box[0] && Math.max(view.getSouth(), south) >= box[1]
    && Math.min(view.getEast(), east) <= box[2] && Math.min(view.getNorth(), north) <= box[3];
}

async function fetched(state, address) {
  state.asked?.abort();
  state.asked = new AbortController();
  const answer = await fetch(address, { signal: state.asked.signal });
  if (!answer.ok) throw new Error(answer.status);
  const found = await answer.json();
  const features = found.features.map(({ geometry, properties }) => ({ ...properties, lon: geometry.coordinates[0], lat: geometry.coordinates[1] }));
  return { ...found, features };
}

// The box is rounded outwards, so that small moves ask the same address and the answer comes from the cache.
function rounded(bounds, within) {
  const step = 0.01;
  const box = [Math.floor(bounds.getWest() / step), Math.floor(bounds.getSouth() / step), Math.ceil(bounds.getEast() / step), Math.ceil(bounds.getNorth() / step)].map((n) => n * step);
  const cut = within ? [Math.max(box[0], within[0]), Math.max(box[1], within[1]), Math.min(box[2], within[2]), Math.min(box[3], within[3])] : box;
  return cut[0] < cut[2] && cut[1] < cut[3] ? cut.map((n) => n.toFixed(4)).join(',') : '';
}

// Signs that would lie on each other become one ring, so that none hides another and the numbers stay whole. What is
// worked with is joined by itself: it is drawn above the reports.
function together(map, features) {
  const works = (feature) => Boolean(feature.id) && !REPORTS.includes(feature.layer);
  const reported = joined(map, features.filter((feature) => !works(feature)), 0);
  return [...reported, ...joined(map, features.filter(works), 1).map((feature) => beside(map, feature, reported))];
}

// What is worked with stands at the edge of a ring rather than on its number.
function beside(map, feature, rings) {
  const point = map.project([feature.lat, feature.lon]);
  for (const ring of rings) {
    const centre = map.project([ring.lat, ring.lon]);
    const away = point.subtract(centre);
    const reach = ringRadius(ring.n) + 4;
    const length = Math.hypot(away.x, away.y);
    if (ring.n < 2 || length > reach) continue;
    const shift = length < 2 ? L.point(0.7, -0.7).multiplyBy(reach) : away.multiplyBy(reach / length);
    return { ...feature, shift: centre.add(shift).subtract(point) };
  }
  return feature;
}

function joined(map, family, front) {
  const groups = [];
  for (const feature of [...family].sort((a, b) => b.n - a.n)) {
    const point = map.project([feature.lat, feature.lon]);
    const radius = feature.n === 1 ? 11 : ringRadius(feature.n);
    const near = groups.find((group) => group.point.distanceTo(point) < (group.radius + radius) * (feature.id ? 0.8 : 0.75));
    if (near) near.items.push(feature);
    else groups.push({ point, radius, items: [feature] });
  }
  return groups.map(({ items }) => (items.length === 1 ? { ...items[0], front } : sum(items, front)));
}

function sum(items, front) {
  const counts = {};
  let [lon, lat, n] = [0, 0, 0];
  for (const item of items) {
    for (const [layer, count] of Object.entries(item.counts)) counts[layer] = (counts[layer] || 0) + count;
    lon += item.lon * item.n;
    lat += item.lat * item.n;
    n += item.n;
  }
  const singles = items.every(({ id }) => id) ? items : [];
  return { lon: lon / n, lat: lat / n, n, counts, front, singles };
}

function show(state, features) {
  const wanted = new Map(features.map((feature) => [[feature.lon, feature.lat, feature.layer, feature.id, JSON.stringify(feature.counts)].join(), feature]));
  for (const [key, old] of state.marks) {
    if (wanted.has(key)) continue;
    // A map update never moves focus somewhere unexpected: it goes to the map itself.
    if (old.getElement()?.contains(document.activeElement)) state.map.getContainer().focus();
    old.remove();
    state.marks.delete(key);
  }
  for (const [key, feature] of wanted) if (!state.marks.has(key)) state.marks.set(key, add(state, feature));
  const few = state.marks.size <= TAB_STOPS;
  for (const one of state.marks.values()) reachable(one.getElement(), few);
}

function taken(map, one) {
  const { x, y } = map.latLngToLayerPoint(one.getLatLng()).add(one.moved);
  const half = one.feature.n === 1 ? 15 : ringRadius(one.feature.n) + 2;
  return [x - half, y - half, x + half, y + half];
}

function reachable(element, few) {
  element.setAttribute('role', few ? 'button' : 'img');
  if (few) element.tabIndex = 0;
  else element.removeAttribute('tabindex');
}

function add(state, feature) {
  const { map, options } = state;
  const single = Boolean(feature.id) || feature.n === 1;
  const layer = feature.layer || Object.keys(feature.counts)[0];
  const name = feature.id ? [options.layers[feature.layer].label, feature.title].filter(Boolean).join(', ') : spoken(feature.counts, options);
  const picture = single ? { svg: symbol(`${options.sprite}#${feature.symbol || layer}`), size: 30 } : ring(feature.counts, colours(options));
  const place = { shift: feature.shift, foot: layer === 'places' && single ? 0.95 : 0.5, front: feature.front ? 5000 : 0 };
  const one = mark([feature.lat, feature.lon], picture.svg, picture.size, name, place);
  one.feature = feature;
  one.moved = L.point(place.shift || [0, 0]).add([0, picture.size * (0.5 - place.foot)]);
  const open = () => choose(map, feature, one);
  one.on('click', open);
  one.addTo(map);
  one.getElement().addEventListener('keydown', (event) => { if (['Enter', ' '].includes(event.key)) { event.preventDefault(); event.stopPropagation(); open(); } });
  return one;
}

function choose(map, feature, one) {
  const closer = Math.min(map.getMaxZoom(), Math.round(map.getZoom()) + 2);
  const apart = !feature.singles?.length || spread(map, feature.singles, closer) > 24;
  if (!feature.id && apart && map.getZoom() < map.getMaxZoom() - 1) return map.setView([feature.lat, feature.lon], closer);
  const items = feature.id ? [feature] : feature.singles || [];
  const detail = { items, at: [feature.lat, feature.lon], origin: one.getElement(), within: box(feature) };
  return document.dispatchEvent(new CustomEvent('karta:chosen', { detail }));
}

// How many pixels apart the rows of a ring would be at a zoom level.
function spread(map, items, zoom) {
  const points = items.map(({ lat, lon }) => map.project([lat, lon], zoom));
  return Math.max(...points.map((point) => point.distanceTo(points[0])));
}

// The box round a ring that zooming in cannot open: its rows are asked for by it.
function box({ lat, lon }) {
  const half = 0.00012;
  return [lon - 2 * half, lat - half, lon + 2 * half, lat + half].map((n) => n.toFixed(6)).join(',');
}

function nearest({ map, marks }, point, within) {
  let best = null;
  for (const one of marks.values()) {
    const distance = map.latLngToContainerPoint(one.getLatLng()).distanceTo(point);
    const reach = Math.max(within, one.feature.counts ? ringRadius(100) : 0);
    if (distance <= reach && (!best || distance < best.distance)) best = { one, distance };
  }
  return best && (() => choose(map, best.one.feature, best.one));
}

function colours({ layers }) {
  return Object.fromEntries(Object.entries(layers).map(([key, { colour }]) => [key, colour]));
}

function spoken(counts, { layers, names }) {
  const parts = Object.entries(counts).filter(([, n]) => n).map(([layer, n]) => `${n} ${layers[layer].label}`);
  return names.cell.replace('{parts}', parts.join(', '));
}

// Rows without an exact place are never drawn as points: their number per sub-area stands in words below the map.
function withoutPlace({ unmapped = {}, options }) {
  const line = document.getElementById('utan-plats');
  if (!line || !options.areas) return;
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const parts = Object.entries(options.areas).filter(([code]) => unmapped[code]).map(([code, name]) => `${name} ${number.format(unmapped[code])}`);
  line.textContent = parts.length ? options.names.unmapped.replace('{parts}', parts.join(' · ')) : '';
}

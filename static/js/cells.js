// The rows of the question on the map: counts per cell far out, the rows themselves near. The data is an address.
import { layout, pin } from './layout.js';
import { arrange } from './names.js';
import { roving } from './roving.js';
import { badge, mark, ring, symbol } from './symbols.js';

const SIGN = 30;

export function cells(map, options) {
  // Where somebody draws, the signs are only looked at: a click on one is a corner.
  const still = Boolean(document.querySelector('[data-draw]'));
  const state = { map, options, still, marks: new Map(), question: options.question, last: '', waiting: 0, asked: null, held: {} };
  const ask = () => { clearTimeout(state.waiting); state.waiting = setTimeout(() => request(state), 120); };
  map.on('moveend', ask);
  document.addEventListener('karta:question', ({ detail }) => { state.question = detail.question; state.last = ''; request(state); });
  map.marked = () => [...state.marks.values()].map((one) => taken(map, one));
  map.nearest = (point, within) => nearest(state, point, within);
  // What is spoken of stands by itself, and everything else around it.
  map.obstacles = [];
  document.addEventListener('karta:marked', () => { state.last = ''; request(state); });
  state.settle = roving(map.getContainer(), () => (still ? [] : [...state.marks.values()]).filter((one) => map.getBounds().contains(one.getLatLng())).map((one) => one.getElement()));
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
    const atHand = options.rows || state.held.address === address;
    if (!atHand && state.found && state.zoom !== map.getZoom()) place(state);
    const answer = options.rows ? options.rows(map, map.getBounds().pad(0.15)) : await answered(state, address);
    if (state.last !== key) return;
    state.found = answer.features;
    place(state);
  } catch (error) {
    if (error.name !== 'AbortError') map.fire('karta:fel');
  }
}

// Also what was found for another zoom, until the answer for this one is here: on a slow line the signs would cover
// each other all the while.
function place(state) {
  const { map } = state;
  state.zoom = map.getZoom();
  const others = state.found.filter(({ layer, id }) => !id || `${layer}.${id}` !== map.spoken);
  show(state, layout(others, ({ lat, lon }) => map.project([lat, lon]), map.obstacles.flatMap((discs) => discs())));
  state.settle();
  arrange(map);
}

function answered(state, address) {
  if (state.held.address !== address) {
    state.held = { address, answer: fetched(state, address) };
    state.held.answer.catch(() => { state.held = {}; });
  }
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

function show(state, discs) {
  const wanted = new Map(discs.map((disc) => [[disc.part.lon, disc.part.lat, disc.x.toFixed(1), disc.y.toFixed(1), disc.part.items[0].id, JSON.stringify(disc.part.counts)].join(), disc]));
  for (const [key, old] of state.marks) {
    if (wanted.has(key)) continue;
    // A map update never moves focus somewhere unexpected: it goes to the map itself.
    if (old.getElement()?.contains(document.activeElement)) state.map.getContainer().focus();
    old.remove();
    state.marks.delete(key);
  }
  for (const [key, disc] of wanted) if (!state.marks.has(key)) state.marks.set(key, add(state, disc));
}

function taken(map, one) {
  const { x, y } = map.latLngToLayerPoint(one.getLatLng()).add(one.shift);
  const half = one.disc.r + 2;
  return [x - half, y - half, x + half, y + half + (pin(one.disc.part) ? half / 2 : 0)];
}

function add(state, disc) {
  const { map, options, still } = state;
  const { part } = disc;
  const [feature] = part.items;
  const at = [part.lat, part.lon];
  const shift = L.point(disc.x, disc.y).subtract(map.project(at));
  const picture = drawn(disc, options);
  const one = mark(at, picture, named(part, options), { shift: shift.add([0, pin(part) ? SIGN * 0.09 : 0]), front: disc.main ? 0 : 5000 });
  Object.assign(one, { disc, shift });
  one.options.interactive = !still;
  one.addTo(map);
  const element = one.getElement();
  element.setAttribute('role', still ? 'img' : 'button');
  if (still) return one;
  const open = () => choose(map, part, feature, one);
  one.on('click', open);
  element.addEventListener('keydown', (event) => { if (['Enter', ' '].includes(event.key)) { event.preventDefault(); event.stopPropagation(); open(); } });
  return one;
}

function drawn({ part, r, main }, options) {
  const { counts, n, items } = part;
  const [layer] = Object.keys(counts);
  if (n === 1) return symbol(`${options.sprite}#${items[0].symbol || layer}`, SIGN);
  if (['accident', 'strength'].includes(layer) && !main) return badge(layer, n, options.layers[layer].colour, r);
  return ring(counts, colours(options), r);
}

function named({ n, counts, items }, options) {
  const [{ id, layer, title }] = items;
  return n === 1 && id ? [options.layers[layer].label, title].filter(Boolean).join(', ') : spoken(counts, options);
}

// A single one opens; a ring is zoomed into until that would not take its rows apart.
function choose(map, part, feature, one) {
  const closer = Math.min(map.getMaxZoom(), Math.round(map.getZoom()) + 2);
  const single = part.n === 1 && feature.id;
  const known = part.items.every(({ id }) => id) ? part.items : [];
  const apart = !known.length || spread(map, known, closer) > 24;
  if (!single && apart && map.getZoom() < map.getMaxZoom() - 1) return map.setView([part.lat, part.lon], closer);
  const detail = { items: single ? [feature] : known, at: [part.lat, part.lon], origin: one.getElement(), within: box(part), layers: Object.keys(part.counts) };
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
    const distance = map.latLngToContainerPoint(one.getLatLng()).add(one.shift).distanceTo(point) - one.disc.r;
    if (distance <= within - 12 && (!best || distance < best.distance)) best = { one, distance };
  }
  return best && (() => choose(map, best.one.disc.part, best.one.disc.part.items[0], best.one));
}

function colours({ layers }) {
  return Object.fromEntries(Object.entries(layers).map(([key, { colour }]) => [key, colour]));
}

function spoken(counts, { layers, names }) {
  const parts = Object.entries(counts).filter(([, n]) => n).map(([layer, n]) => `${n} ${layers[layer].label}`);
  return names.cell.replace('{parts}', parts.join(', '));
}

// The names of the base map. Names are words in the page, so they are sharp at every zoom; those that would stand on a
// sign or another name find a place close by or wait.
const HIGH = 9;
const PIECE = 24;

export function words(map, pane, features, { kind, classes = {}, skip = [] }, zoom) {
  for (const { geometry, properties } of features) {
    if (!properties.name || skip.includes(properties.class)) continue;
    const tag = label(pane, `${kind} ${classes[properties.kind] || ''}`, properties.name);
    const line = geometry.type === 'LineString' ? geometry.coordinates.map(([lon, lat]) => [lat, lon]) : null;
    register(map, { tag, line, at: line ? null : middle(geometry), from: properties.min_zoom ?? zoom, rank: properties.rank ?? 6 });
  }
}

function label(pane, style, text) {
  const tag = document.createElement('span');
  tag.className = `label ${style}`;
  tag.textContent = text;
  pane.append(tag);
  return tag;
}

function middle({ type, coordinates }) {
  return type === 'Point' ? L.latLng(coordinates[1], coordinates[0]) : L.geoJSON({ type, coordinates }).getBounds().getCenter();
}

function register(map, one) {
  if (!map.names) {
    map.names = [];
    map.on('zoomend viewreset moveend', () => arrange(map));
    map.on('zoomstart', () => map.names.forEach(({ tag }) => { tag.style.visibility = 'hidden'; }));
  }
  map.names.push(one);
}

export function arrange(map) {
  if (!map.names) return;
  const taken = [...(map.marked?.() || []), ...(map.obstacles || []).flatMap((discs) => discs().map((disc) => around(map, disc)))];
  for (const name of [...map.names].sort((a, b) => a.rank - b.rank)) {
    const place = map.getZoom() >= name.from && (name.line ? along(map, taken, name) : beside(map, taken, name));
    name.tag.style.visibility = place ? 'visible' : 'hidden';
    if (!place) continue;
    taken.push(place.box);
    name.tag.style.transform = `translate3d(${Math.round(place.x)}px, ${Math.round(place.y)}px, 0) translate(-50%, -50%) rotate(${place.turn}deg)`;
  }
}

function around(map, { x, y, r }) {
  const at = L.point(x, y).subtract(map.getPixelOrigin());
  return [at.x - r, at.y - r, at.x + r, at.y + r];
}

// Half of how wide a name is written, measured once.
function reach(name) {
  name.half = name.half || name.tag.offsetWidth / 2 + 3;
  return name.half;
}

// A name stands at its place, or so close beside what stands there that it is read with it.
function beside(map, taken, name) {
  const { x, y } = map.latLngToLayerPoint(name.at);
  const half = reach(name);
  const near = 36 + 12 * Math.max(0, map.getZoom() - 11);
  const tries = places(half).filter(({ gap }) => gap <= near);
  return tries.map(({ over, down }) => standing(x + over, y + down, half, 0)).find(({ box }) => free(box, taken) && inside(map, box));
}

// Where a name may stand around its place, the closest first; `gap` is how far its edge is from there.
function places(half) {
  const found = [];
  for (let down = -72; down <= 72; down += 9) {
    for (let over = -Math.ceil((half + 60) / 12) * 12; over <= half + 60; over += 12) {
      const gap = Math.hypot(Math.max(0, Math.abs(over) - half), Math.max(0, Math.abs(down) - HIGH));
      found.push({ over, down, gap, off: Math.abs(over) / 3 + Math.abs(down) });
    }
  }
  return found.sort((a, b) => a.gap - b.gap || a.off - b.off);
}

// Whether a name is seen whole.
function inside(map, [left, top, right, bottom]) {
  const { x: wide, y: high } = map.getSize();
  const [from, to] = [map.layerPointToContainerPoint([left, top]), map.layerPointToContainerPoint([right, bottom])];
  return from.x >= 0 && from.y >= 0 && to.x <= wide && to.y <= high;
}

// A street's name follows the street, in the middle of what is seen of it.
function along(map, taken, name) {
  const half = reach(name);
  const view = map.getSize();
  const pieces = [];
  const points = name.line.map((at) => map.latLngToLayerPoint(at));
  for (let at = 1; at < points.length; at += 1) {
    const [from, to] = [points[at - 1], points[at]];
    const many = Math.max(1, Math.min(400, Math.ceil(from.distanceTo(to) / PIECE)));
    for (let part = 0; part < many; part += 1) {
      const here = from.add(to.subtract(from).multiplyBy((part + 0.5) / many));
      const { x, y } = map.layerPointToContainerPoint(here);
      if (x > 30 && y > 30 && x < view.x - 30 && y < view.y - 30) pieces.push({ here, turn: upright(from, to), free: from.distanceTo(to) > half });
    }
  }
  if (pieces.length * PIECE < half) return null;
  const order = pieces.map((piece, index) => ({ ...piece, off: Math.abs(index - pieces.length / 2) })).sort((a, b) => b.free - a.free || a.off - b.off);
  return order.slice(0, 40).map(({ here, turn }) => standing(here.x, here.y, half, turn)).find(({ box }) => free(box, taken)) || null;
}

function upright(from, to) {
  const turn = Math.atan2(to.y - from.y, to.x - from.x) * 180 / Math.PI;
  return Math.round(turn > 90 ? turn - 180 : turn < -90 ? turn + 180 : turn);
}

function standing(x, y, half, turn) {
  const [cos, sin] = [Math.abs(Math.cos(turn * Math.PI / 180)), Math.abs(Math.sin(turn * Math.PI / 180))];
  const [wide, high] = [half * cos + HIGH * sin, half * sin + HIGH * cos];
  return { x, y, turn, box: [x - wide, y - high, x + wide, y + high] };
}

function free(box, taken) {
  return !taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]);
}

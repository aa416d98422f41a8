// The calm base map: one answer with all its layers, drawn low when it has come.
export function background(map, { address, data, steps, layers }) {
  pane(map, 'bakgrund', 200);
  const names = pane(map, 'namn', 210);
  const renderer = L.canvas({ pane: 'bakgrund', padding: 0.3 });
  const show = (packed) => {
    for (const layer of layers) {
      const features = (packed[layer.source] || []).map((one) => unpacked(one, steps));
      if (layer.labels) words(map, names, features, layer.labels, layer.zoom);
      else shapes(map, renderer, features, layer.style, layer.zoom);
    }
    arrange(map);
  };
  if (data) show(data);
  // What is missing is not drawn: the rows stand there all the same.
  else fetch(address).then((answer) => (answer.ok ? answer.json() : {})).then(show);
}

function pane(map, name, height) {
  const made = map.createPane(name);
  Object.assign(made.style, { zIndex: height, pointerEvents: 'none' });
  return made;
}

// A feature comes as [properties, type, numbers]: whole steps from the point before, east and north in turn.
function unpacked([properties, type, numbers], steps) {
  const line = (part) => {
    const points = [];
    let [x, y] = [0, 0];
    for (let at = 0; at < part.length; at += 2) points.push([(x += part[at]) / steps, (y += part[at + 1]) / steps]);
    return points;
  };
  const open = (part) => (typeof part[0] === 'number' ? line(part) : part.map(open));
  const coordinates = open(numbers);
  return { type: 'Feature', properties, geometry: { type, coordinates: type === 'Point' ? coordinates[0] : coordinates } };
}

function shapes(map, renderer, features, style, zoom) {
  if (style.edge) shapes(map, renderer, features, style.edge, zoom);
  const rules = style.rules || [];
  const width = (weight) => (style.grows ? weight * 2 ** Math.max(-1.1, Math.min(3.6, (map.getZoom() - 13) * 0.6)) : weight);
  const paint = ({ properties }) => {
    const now = Object.assign({}, style, ...rules.filter((rule) => fits(properties, rule)).map((rule) => rule.then));
    return { ...now, renderer, interactive: false, weight: width(now.weight ?? 0) };
  };
  const layer = L.geoJSON(features, { style: paint, interactive: false, filter: ({ geometry }) => geometry.type !== 'Point' });
  const place = () => (map.getZoom() >= zoom ? layer.addTo(map) : layer.remove());
  map.on('zoomend', () => { if (style.grows) layer.setStyle(paint); place(); });
  place();
}

function fits(properties, { where }) {
  return Object.entries(where).every(([key, values]) => [].concat(values).includes(properties[key]));
}

// Names are words in the page, so they are sharp at every zoom. Those that would stand on another name wait.
function words(map, pane, features, { kind, classes = {}, skip = [] }, zoom) {
  for (const { geometry, properties } of features) {
    if (!properties.name || skip.includes(properties.class)) continue;
    const tag = label(pane, `${kind} ${classes[properties.kind] || ''}`, properties.name);
    register(map, { tag, at: middle(geometry), from: properties.min_zoom ?? zoom, rank: properties.rank ?? 6 });
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
  if (type === 'Point') return L.latLng(coordinates[1], coordinates[0]);
  if (type !== 'LineString') return L.geoJSON({ type, coordinates }).getBounds().getCenter();
  const half = coordinates.length / 2;
  const [a, b] = [coordinates[Math.ceil(half) - 1], coordinates[Math.floor(half)]];
  return L.latLng((a[1] + b[1]) / 2, (a[0] + b[0]) / 2);
}

function register(map, one) {
  if (!map.names) {
    map.names = [];
    map.on('zoomend viewreset', () => arrange(map));
    map.on('zoomstart', () => map.names.forEach(({ tag }) => { tag.style.visibility = 'hidden'; }));
  }
  map.names.push(one);
}

const TRIES = [[0, 0], [0, -26], [0, 26], [0, -46], [0, 46], [62, 0], [-62, 0], [70, 34], [-70, 34], [70, -34], [-70, -34]];

// A name stands where it covers no sign and no other name, at its place or close by; otherwise it waits.
export function arrange(map) {
  if (!map.names) return;
  const taken = [...(map.marked?.() || [])];
  for (const { tag, at, from } of [...map.names].sort((a, b) => a.rank - b.rank)) {
    const half = tag.textContent.length * 3.5 + 5;
    const box = map.getZoom() >= from && free(taken, map.latLngToLayerPoint(at), half);
    tag.style.visibility = box ? 'visible' : 'hidden';
    if (!box) continue;
    taken.push(box);
    tag.style.transform = `translate3d(${Math.round((box[0] + box[2]) / 2)}px, ${Math.round((box[1] + box[3]) / 2)}px, 0) translate(-50%, -50%)`;
  }
}

function free(taken, { x, y }, half) {
  const boxes = TRIES.map(([over, down]) => [x + over - half, y + down - 9, x + over + half, y + down + 9]);
  return boxes.find((box) => !taken.some((other) => meets(box, other)));
}

function meets(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

// The calm base map: one answer with all its layers, drawn low when it has come.
import { arrange, words } from './names.js';

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

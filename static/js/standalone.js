// Only for the stand-alone file: the rows are inside it, so what the server does for the page is done here.
import { cells } from './cells.js';
export { areas } from './areas.js';
export { background } from './background.js';
export { frame } from './frame.js';
export { zones } from './zones.js';

const CELL_PIXELS = 64;
const FEW = 120;
const REPORTS = ['problem', 'traffic', 'accident', 'strength'];

export function rows(map, options) {
  const all = options.rows;
  cells(map, { ...options, question: '', rows: (_, bounds) => ({ features: grouped(map, all.filter(({ lat, lon }) => bounds.contains([lat, lon]))), unmapped_by_area: {} }) });
  document.addEventListener('karta:chosen', ({ detail }) => show(detail));
  document.querySelector('.panel .close').addEventListener('click', () => { document.querySelector('.panel').hidden = true; map.getContainer().focus(); });
}

// Reports are counted per cell as the server does; what is worked with always stands by itself.
function grouped(map, shown) {
  const works = shown.filter(({ id, counts }) => id && !counts).filter(({ layer }) => !REPORTS.includes(layer));
  const reports = shown.filter((row) => !works.includes(row));
  if (reports.length <= FEW && reports.every(({ id }) => id)) return [...reports, ...works].map(alone);
  const groups = new Map();
  for (const row of reports) {
    const { x, y } = map.project([row.lat, row.lon], Math.round(map.getZoom()));
    const key = `${Math.floor(x / CELL_PIXELS)},${Math.floor(y / CELL_PIXELS)}`;
    groups.set(key, [...(groups.get(key) || []), row]);
  }
  const cells = [...groups.values()].map((many) => (many.length === 1 && many[0].facts ? alone(many[0]) : counted(many)));
  return [...cells, ...works.map(alone)];
}

function alone(row) {
  return { ...row, n: 1, counts: { [row.layer]: 1 } };
}

function counted(many) {
  const counts = {};
  let [lon, lat, total] = [0, 0, 0];
  for (const row of many) {
    const n = row.n || 1;
    for (const [layer, count] of Object.entries(row.counts || { [row.layer]: 1 })) counts[layer] = (counts[layer] || 0) + count;
    lon += row.lon * n;
    lat += row.lat * n;
    total += n;
  }
  return { lon: lon / total, lat: lat / total, n: total, counts };
}

// One thing is told under its own name; several that share a sign one after the other.
function show({ items }) {
  const panel = document.querySelector('.panel');
  const [first] = items;
  panel.querySelector('.panel-kind').textContent = items.length > 1 ? `${items.length} ×` : '';
  panel.querySelector('h2').textContent = first.title;
  panel.querySelector('.panel-body').replaceChildren(...items.flatMap((item) => (item === first ? told(item) : [element('h3', item.title), ...told(item)])));
  panel.hidden = false;
  panel.querySelector('h2').focus({ preventScroll: true });
}

function told({ text, facts }) {
  const list = document.createElement('dl');
  list.className = 'facts';
  for (const [name, value] of facts || []) list.append(element('dt', name), element('dd', value));
  return [element('p', text || ''), list];
}

function element(tag, words) {
  const made = document.createElement(tag);
  made.textContent = words;
  return made;
}

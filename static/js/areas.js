// The sub-areas with their numbers, when a kind is chosen, and what their colours mean.
import { arrange, words } from './names.js';

const INK = '#101820';
const PANE = 'delomraden';
const FIRST = -1;
const NOTHING = { features: [] };

// `held` has the sub-areas of each choice where there is no address to ask.
export function areas(map, { held } = {}) {
  const choice = document.querySelector('[data-areas]');
  if (!choice) return;
  // Over the base map but under its names.
  Object.assign(map.createPane(PANE).style, { zIndex: 205, pointerEvents: 'none' });
  const numbers = map.createPane('antal');
  Object.assign(numbers.style, { zIndex: 395, pointerEvents: 'none' });
  const shown = L.layerGroup().addTo(map);
  const show = async () => {
    const asked = choice.value;
    const answer = asked ? await (held ? held[asked] : fetched(asked)) : NOTHING;
    // The last choice stands, whichever answer came last.
    if (choice.value !== asked) return;
    shown.clearLayers();
    map.names = (map.names || []).filter(({ tag }) => tag.parentNode !== numbers);
    numbers.replaceChildren();
    for (const { geometry, properties } of answer.features) shown.addLayer(area(geometry, properties));
    words(map, numbers, answer.features.map(number), { kind: 'figure' }, 0);
    arrange(map);
    explain(document.querySelector('[data-areas-key]'), answer.legend);
    map.getContainer().dataset.areas = answer.features.length;
  };
  choice.addEventListener('change', show);
}

function fetched(address) {
  return fetch(address).then((found) => (found.ok ? found.json() : NOTHING));
}

function explain(place, legend) {
  if (!place) return;
  place.hidden = !legend;
  if (!legend) return place.replaceChildren();
  const title = document.createElement('strong');
  title.textContent = legend.title;
  const list = document.createElement('ul');
  list.append(...legend.steps.map(([colour, words]) => {
    const line = document.createElement('li');
    const sample = document.createElement('span');
    sample.className = 'area-colour';
    sample.style.background = colour;
    line.append(sample, words);
    return line;
  }));
  place.replaceChildren(title, list);
}

function area(geometry, { colour }) {
  return L.geoJSON(geometry, { pane: PANE, interactive: false, style: { pane: PANE, color: INK, weight: 1.5, fillColor: colour, fillOpacity: 0.75 } });
}

// A number stands where there is room beside the signs, as the names do.
function number({ properties: { at, count, told } }) {
  const name = told || new Intl.NumberFormat(document.documentElement.lang).format(count);
  return { geometry: { type: 'Point', coordinates: at }, properties: { name, rank: FIRST } };
}

// Shows a box with room for what lies over the map: its tools above, the panel beside or below, the legend in its corner.
// The whole municipality leaves that corner free by itself.
export function fit(map, bounds, { maxZoom = map.getMaxZoom(), whole = false } = {}) {
  const [top, right, bottom] = covered(map, whole);
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  map.fitBounds(bounds, { paddingTopLeft: [16, top + 12], paddingBottomRight: [right + 16, bottom + 12], maxZoom, animate: !still });
}

function covered(map, whole) {
  const view = map.getContainer();
  const box = view.getBoundingClientRect();
  const over = (selector) => view.parentElement.querySelector(selector)?.getBoundingClientRect() || { height: 0 };
  const tools = over('.map-tools .row');
  const panel = over('.panel');
  const below = panel.height && panel.width > box.width * 0.7;
  const beside = [below ? { height: 0 } : panel, over(whole ? 'none' : '.legend[open]')].filter(({ height, left }) => height && left > box.left + box.width / 4);
  const right = Math.max(0, ...beside.map(({ left }) => box.right - left));
  const bottom = below ? box.bottom - panel.top : over('.map-credit').height;
  return [tools.height ? tools.bottom - box.top : 0, right, bottom].map((side) => Math.max(0, Math.min(side, box.height * 0.55)));
}

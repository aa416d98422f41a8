// Marks on the map what the panel speaks of: its outline, or a ring round its point.
export function chosen(map) {
  const layer = L.layerGroup().addTo(map);
  document.addEventListener('karta:shown', ({ detail }) => {
    layer.clearLayers();
    const { geometry, at } = detail;
    if (geometry && geometry.type !== 'Point') outline(geometry).forEach((line) => layer.addLayer(line));
    if (at) layer.addLayer(L.circleMarker(at, { radius: 22, color: '#101820', weight: 3, dashArray: '5 4', fill: false, interactive: false }));
    if (at) uncover(map, at);
  });
  document.addEventListener('karta:closed', () => layer.clearLayers());
}

// What is chosen must not lie under the panel that speaks of it.
function uncover(map, at) {
  if (!map.getBounds().pad(-0.1).contains(at)) map.panTo(at, { animate: false });
  const { x } = map.latLngToContainerPoint(at);
  const open = map.getSize().x - document.querySelector('.panel').offsetWidth - 30;
  if (open > 120 && x > open) map.panBy([x - open / 2, 0], { animate: false });
}

function outline(geometry) {
  const line = (style) => L.geoJSON(geometry, { interactive: false, style, pointToLayer: (_, at) => L.circleMarker(at, style) });
  return [
    line({ color: '#ffffff', weight: 9, opacity: 0.9, fill: false }),
    line({ color: '#101820', weight: 5, fillColor: '#101820', fillOpacity: 0.12 }),
  ];
}

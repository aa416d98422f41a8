// Only for a base map of tiles that the administrator has chosen.

// Leaflet puts a data: picture into a tile that it throws away, which the content policy refuses: just let go of it.
export function localTiles() {
  L.TileLayer.include({
    _removeTile(key) {
      const tile = this._tiles[key];
      if (!tile) return;
      tile.el.remove();
      delete this._tiles[key];
      this.fire('tileunload', { tile: tile.el, coords: this._keyToTileCoords(key) });
    },
    _abortLoading() {
      for (const [key, tile] of Object.entries(this._tiles)) if (tile.coords.z !== this._tileZoom) this._removeTile(key);
    },
  });
}

// Where the file draws nothing there is sea, as on the built-in base map.
export function vectorTiles(map, { address, flavor, language }) {
  const layer = window.protomapsL.leafletLayer({ url: address, flavor, lang: language });
  layer.backgroundColor = '#cfe3ec';
  layer.addTo(map);
}

// Leaflet owns the map. What is on it, and what is chosen, is in attributes that the server sends.

export const LighthouseMap = {
  async mounted() {
    const [leaflet, { feature }, world] = await Promise.all([
      import("../node_modules/leaflet/dist/leaflet-src.esm.js"),
      import("topojson-client"),
      fetch(new URL("../node_modules/world-atlas/land-110m.json", import.meta.url)),
    ]);
    const atlas = await world.json();
    this.leaflet = leaflet;
    this.isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = leaflet.map(this.el, {
      attributionControl: false,
      maxBounds: [[-85, -220], [85, 220]],
      maxZoom: 6,
      minZoom: 1,
      zoomAnimation: !this.isStill,
    });
    this.map.setView([20, 10], 1);
    leaflet.geoJSON(feature(atlas, atlas.objects.land), { className: "land", interactive: false }).addTo(this.map);
    this.markers = leaflet.layerGroup().addTo(this.map);
    this.updated();
  },

  updated() {
    if (!this.map) return; // what comes with Leaflet is shown then
    const { places, chosen } = this.el.dataset;
    if (places !== this.places) this.mark(JSON.parse((this.places = places)));
    if (chosen !== this.chosen) this.choose((this.chosen = chosen));
  },

  destroyed() {
    this.map?.remove();
  },

  mark(places) {
    this.markers.clearLayers();
    this.pins = {};
    for (const { id, name, lat, lng } of places) {
      const icon = this.leaflet.divIcon({ className: "pin", iconSize: [24, 24], iconAnchor: [12, 26] });
      const pin = this.leaflet.marker([lat, lng], { icon, title: name, riseOnHover: true });
      pin.on("click", () => this.pushEvent("choose", { id }));
      this.pins[id] = pin.addTo(this.markers);
    }
    this.chosen = null;
  },

  choose(chosen) {
    for (const [id, pin] of Object.entries(this.pins)) {
      pin.getElement().classList.toggle("chosen", id === chosen);
      pin.setZIndexOffset(id === chosen ? 1000 : 0);
    }
    const pin = this.pins[chosen];
    if (!pin) return;
    this.map.flyTo(pin.getLatLng(), 4, { animate: !this.isStill, duration: 0.8 });
    document.getElementById(`place-${chosen}`).scrollIntoView({ block: "nearest" });
  },
};

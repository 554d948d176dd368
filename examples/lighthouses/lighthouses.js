// Leaflet owns the map. What is on it, and what is chosen, is in attributes that the server sends.

// A coast that crosses the date line goes on beyond it, and not back around the world.
const beyond = (ring) => {
  let turns = 0;
  const coast = ring.map(([lng, lat], at) => {
    if (at) turns -= Math.round((lng - ring[at - 1][0]) / 360);
    return [lng + turns * 360, lat];
  });
  if (turns) return ring; // around the pole
  const east = coast.map(([lng]) => lng);
  const back = 360 * Math.round((Math.min(...east) + Math.max(...east)) / 720);
  return coast.map(([lng, lat]) => [lng - back, lat]);
};

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
    const land = feature(atlas, atlas.objects.land);
    for (const { geometry } of land.features) geometry.coordinates = geometry.coordinates.map((rings) => rings.map(beyond));
    leaflet.geoJSON(land, { className: "land", interactive: false }).addTo(this.map);
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
      pin.on("keydown", ({ originalEvent }) => this.press(originalEvent, id));
      this.pins[id] = pin.addTo(this.markers);
    }
    this.chosen = null;
  },

  press(event, id) {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    this.pushEvent("choose", { id });
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

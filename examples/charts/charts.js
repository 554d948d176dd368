// Vega draws the chart once. What the server sends afterwards are points that come and go.

export const Chart = {
  mounted() {
    this.drawn = this.draw();
    this.handleEvent("points", async ({ insert, remove }) => {
      const view = await this.drawn;
      const gone = ({ city }) => remove.includes(city);
      view.change("points", window.vega.changeset().remove(gone).insert(insert)).runAsync();
    });
  },

  async destroyed() {
    (await this.drawn).finalize();
  },

  async draw() {
    const [{ expressionInterpreter }] = await Promise.all([
      import("vega-interpreter"),
      import("../node_modules/vega/build/vega.min.js"),
    ]);
    await import("../node_modules/vega-lite/build/vega-lite.min.js");
    const { vega, vegaLite } = window;
    const { spec } = vegaLite.compile(JSON.parse(this.el.dataset.spec));
    // Expressions are interpreted, since a strict policy lets nobody make functions of text.
    const view = new vega.View(vega.parse(spec, null, { ast: true }), {
      container: this.el,
      expr: expressionInterpreter,
      renderer: "svg",
    });
    view.addEventListener("click", (_, item) => {
      const { city, month } = item?.datum ?? {};
      if (month) this.pushEvent("choose", { city, month });
    });
    return view.runAsync();
  },
};

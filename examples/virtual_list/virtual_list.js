// Says which row is the first in sight. While an answer is under way, only the last place counts.

export const Results = {
  mounted() {
    this.scrollTo(Number(this.el.dataset.place));
    this.el.addEventListener("scroll", () => this.show(), { passive: true });
    this.el.addEventListener("scrollend", () => this.pushEvent("rest", { place: this.place() }));
    this.handleEvent("scroll-to", ({ place }) => this.scrollTo(place));
  },

  reconnected() {
    this.shown = null;
    this.show();
  },

  height() {
    return this.el.querySelector("[role='rowgroup'] > *").offsetHeight;
  },

  place() {
    return Math.floor(this.el.scrollTop / this.height()) + 1;
  },

  scrollTo(place) {
    this.el.scrollTop = (place - 1) * this.height();
  },

  async show() {
    if (this.isAsking) return;
    this.isAsking = true;
    while (this.place() !== this.shown) {
      this.shown = this.place();
      await this.pushEvent("show", { place: this.shown });
    }
    this.isAsking = false;
  },
};

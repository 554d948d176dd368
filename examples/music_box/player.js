// Tells the player what is heard, and lets it toggle what plays.

export const Audio = {
  mounted() {
    const tell = (playing) => this.pushEvent("heard", { playing });
    this.el.addEventListener("play", () => tell(true));
    this.el.addEventListener("pause", () => this.el.ended || tell(false));
    this.el.addEventListener("ended", () => this.pushEvent("over"));
    this.handleEvent("music-box:toggle", () => (this.el.paused ? this.el.play() : this.el.pause()));
  },

  // It plays on while the line is lost, and may have come to an end.
  reconnected() {
    if (this.el.ended) this.pushEvent("over");
  },
};

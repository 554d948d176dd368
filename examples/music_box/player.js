// Tells the player what is heard, and lets it toggle what plays.

export const Audio = {
  mounted() {
    this.el.addEventListener("play", () => this.tell());
    this.el.addEventListener("pause", () => this.el.ended || this.tell());
    this.el.addEventListener("ended", () => this.tell());
    this.handleEvent("music-box:toggle", () => (this.el.paused ? this.el.play() : this.el.pause()));
  },

  // It plays on while the line is lost, and may have come to an end.
  reconnected() {
    this.tell();
  },

  // What is not heard of, as the line is lost, is told when it is back.
  tell() {
    const { ended, paused } = this.el;
    const told = ended ? this.pushEvent("over") : this.pushEvent("heard", { playing: !paused });
    told.catch(() => {});
  },
};

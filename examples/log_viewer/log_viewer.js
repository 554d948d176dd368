// Whoever is at the end of the log stays there while lines come; whoever has scrolled up is let be.

export const End = {
  mounted() {
    this.stay();
  },

  beforeUpdate() {
    const { scrollTop, clientHeight, scrollHeight } = this.el;
    this.isAway = scrollTop + clientHeight < scrollHeight - 8;
  },

  updated() {
    if (!this.isAway) this.stay();
  },

  stay() {
    this.el.scrollTop = this.el.scrollHeight;
  },
};

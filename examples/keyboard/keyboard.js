// The arrows move the man, not the page, unless something else has the focus.

export const KeepArrows = {
  mounted() {
    this.keep = (event) => {
      const isOurs = event.target === document.body || this.el.contains(event.target);
      if (isOurs && event.key.startsWith("Arrow")) event.preventDefault();
    };
    addEventListener("keydown", this.keep);
  },

  destroyed() {
    removeEventListener("keydown", this.keep);
  },
};

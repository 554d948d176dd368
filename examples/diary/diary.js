// The keys of a grid of days. The server says which day comes; the focus goes there.

const STEPS = {
  ArrowLeft: { days: -1 },
  ArrowRight: { days: 1 },
  ArrowUp: { days: -7 },
  ArrowDown: { days: 7 },
  PageUp: { months: -1 },
  PageDown: { months: 1 },
};

export const Days = {
  mounted() {
    this.el.addEventListener("keydown", async (event) => {
      const step = STEPS[event.key];
      if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.isFollowing = true;
      await this.pushEvent("go", step);
    });
  },

  updated() {
    if (this.isFollowing) this.el.querySelector("[aria-selected='true'] a").focus();
    this.isFollowing = false;
  },
};

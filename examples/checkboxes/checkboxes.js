// Goes from box to box with the arrow keys, so that Tab passes all of them at once.

const SIDE = { ArrowLeft: -1, ArrowRight: 1 };
const ROW = { ArrowUp: -1, ArrowDown: 1 };

export const Boxes = {
  mounted() {
    this.el.addEventListener("keydown", (event) => this.go(event));
    this.el.addEventListener("focusin", ({ target }) => this.keep(target));
  },

  updated() {
    if (this.kept) this.keep(this.kept);
  },

  /** Let Tab come back to this box. */
  keep(box) {
    for (const each of this.el.querySelectorAll("[tabindex='0']")) each.tabIndex = -1;
    box.tabIndex = 0;
    this.kept = box;
  },

  go(event) {
    const boxes = [...this.el.querySelectorAll("input")];
    const across = boxes.filter((box) => box.offsetTop === boxes[0].offsetTop).length;
    const step = SIDE[event.key] ?? (ROW[event.key] ?? 0) * across;
    if (!step) return;
    event.preventDefault();
    boxes[boxes.indexOf(event.target) + step]?.focus();
  },
};

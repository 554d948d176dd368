// Sends where the pointer is on the board, in per cent of it, twenty times a second at most.

const PAUSE = 50;
const STEP = 2;
const KEYS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

const percent = (part) => Math.round(Math.min(100, Math.max(0, part)) * 10) / 10;

export const Pointer = {
  mounted() {
    this.at = { x: 50, y: 50 };
    const on = (name, listener) => this.el.addEventListener(name, listener.bind(this));
    on("pointerdown", this.follow);
    on("pointermove", this.follow);
    on("pointerleave", this.leave);
    on("keydown", this.press);
    on("blur", this.leave);
  },

  destroyed() {
    clearTimeout(this.timer);
  },

  follow(event) {
    const box = this.el.getBoundingClientRect();
    this.point(
      ((event.clientX - box.left) / box.width) * 100,
      ((event.clientY - box.top) / box.height) * 100,
    );
  },

  press(event) {
    const step = KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    this.point(this.at.x + step[0], this.at.y + step[1]);
  },

  leave() {
    clearTimeout(this.timer);
    this.timer = this.waiting = null;
    this.tell("leave", {});
  },

  point(x, y) {
    this.at = { x: percent(x), y: percent(y) };
    this.waiting = true;
    if (!this.timer) this.send();
  },

  // The first position goes at once, and of those that come before the pause is over, the last.
  send() {
    this.timer = null;
    if (!this.waiting) return;
    this.waiting = false;
    this.timer = setTimeout(() => this.send(), PAUSE);
    this.tell("point", this.at);
  },

  tell(what, where) {
    this.pushEvent(what, where).catch(() => {}); // while the line is lost, nobody looks
  },
};

// Shows a picture in a square canvas, where it is dragged and zoomed. What the canvas shows is what
// is uploaded: nothing else of the picture leaves the browser.

const MOST_ZOOM = 5;
const STEP = 12;
const KEYS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

const clamp = (value, most, least = -most) => Math.min(most, Math.max(least, value));

/** The middle of some pointers, and how far they are from it. */
function middleOf(pointers) {
  const points = [...pointers.values()];
  const x = points.reduce((sum, point) => sum + point.x, 0) / points.length;
  const y = points.reduce((sum, point) => sum + point.y, 0) / points.length;
  return { x, y, spread: Math.hypot(points[0].x - x, points[0].y - y) };
}

export const AvatarCropper = {
  mounted() {
    const find = (selector) => this.el.querySelector(selector);
    this.canvas = find("canvas");
    this.zoom = find("[type=range]");
    this.zoom.max = MOST_ZOOM;
    this.pointers = new Map();
    find("[type=file]").addEventListener("change", ({ target }) => this.open(target));
    this.zoom.addEventListener("input", () => this.draw());
    find("button").addEventListener("click", () => this.send());
    const on = (name, listener) => this.canvas.addEventListener(name, listener.bind(this));
    on("pointerdown", this.grab);
    on("pointermove", this.drag);
    on("pointerup", this.release);
    on("pointercancel", this.release);
    on("wheel", this.roll);
    on("keydown", this.press);
  },

  async open({ files: [file] }) {
    if (!file) return;
    try {
      this.picture = await createImageBitmap(file);
    } catch {
      this.pushEvent("unreadable", { name: file.name });
      return;
    }
    this.pushEvent("opened", {});
    this.x = this.y = 0;
    this.zoom.value = 1;
    this.el.classList.add("opened");
    this.draw();
    this.canvas.focus();
  },

  /** Move the picture by some points of the canvas, and zoom around its middle. */
  change(x, y, factor = 1) {
    const before = this.zoom.value;
    this.zoom.value = before * factor;
    this.x = (this.x + x) * (this.zoom.value / before);
    this.y = (this.y + y) * (this.zoom.value / before);
    this.draw();
  },

  draw() {
    if (!this.picture) return;
    const { width, height } = this.picture;
    const size = this.canvas.width;
    const scale = (size / Math.min(width, height)) * this.zoom.value;
    const [w, h] = [width * scale, height * scale];
    this.x = clamp(this.x, (w - size) / 2); // the picture covers the whole square
    this.y = clamp(this.y, (h - size) / 2);
    const context = this.canvas.getContext("2d");
    context.fillStyle = "white";
    context.fillRect(0, 0, size, size);
    context.drawImage(this.picture, (size - w) / 2 + this.x, (size - h) / 2 + this.y, w, h);
  },

  send() {
    this.canvas.toBlob((blob) => this.upload("avatar", [blob]), "image/jpeg", 0.9);
  },

  // One pointer drags, two zoom as well.

  grab({ pointerId, offsetX: x, offsetY: y }) {
    this.canvas.setPointerCapture(pointerId);
    this.pointers.set(pointerId, { x, y });
  },

  drag({ pointerId, offsetX: x, offsetY: y }) {
    if (!this.pointers.has(pointerId)) return;
    const before = middleOf(this.pointers);
    const after = middleOf(this.pointers.set(pointerId, { x, y }));
    const ratio = this.canvas.width / this.canvas.clientWidth;
    const factor = before.spread ? after.spread / before.spread : 1;
    this.change((after.x - before.x) * ratio, (after.y - before.y) * ratio, factor);
  },

  release({ pointerId }) {
    this.pointers.delete(pointerId);
  },

  roll(event) {
    event.preventDefault();
    this.change(0, 0, event.deltaY < 0 ? 1.1 : 1 / 1.1);
  },

  press(event) {
    const factor = { "+": 1.1, "=": 1.1, "-": 1 / 1.1 }[event.key];
    if (!(event.key in KEYS) && !factor) return;
    event.preventDefault();
    this.change(...(KEYS[event.key] ?? [0, 0]), factor);
  },
};

// A pen: what is drawn is seen at once, and sent piece by piece while the stroke goes on.

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 20;
const MOST = 100; // points in a piece

export const Pen = {
  mounted() {
    this.strokes = []; // with the points that were not sent yet, after the last one that was
    this.at = [500, 250];
    const on = (name, listener) => this.el.addEventListener(name, listener.bind(this));
    on("pointerdown", this.down);
    on("pointermove", this.move);
    on("pointerup", this.lift);
    on("pointercancel", this.lift);
    on("keydown", this.press);
    this.show();
  },

  reconnected() {
    this.send();
  },

  down(event) {
    if (event.button) return;
    this.el.setPointerCapture(event.pointerId);
    this.put(this.place(event));
  },

  move(event) {
    if (!this.el.hasPointerCapture(event.pointerId)) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) this.draw(this.place(each));
  },

  press(event) {
    const step = KEYS[event.key];
    if (step) this.draw([this.at[0] + step[0] * STEP, this.at[1] + step[1] * STEP]);
    else if (event.key === " " && this.stroke) this.lift();
    else if (event.key === " ") this.put(this.at);
    else return;
    event.preventDefault();
  },

  put(at) {
    this.lift();
    this.stroke = { id: Date.now(), points: [] };
    this.strokes.push(this.stroke);
    this.draw(at);
    this.draw(at); // twice the same is a dot
  },

  draw([x, y]) {
    this.at = [Math.round(Math.min(Math.max(x, 0), 1000)), Math.round(Math.min(Math.max(y, 0), 500))];
    this.stroke?.points.push(this.at);
    this.show();
    this.send();
  },

  lift() {
    if (this.stroke) this.stroke.isOver = true;
    this.stroke = null;
  },

  // While an answer is awaited, further points gather; without a connection they wait for it.
  async send() {
    if (this.isSending) return;
    this.isSending = true;
    try {
      for (let stroke = this.strokes[0]; stroke; stroke = this.strokes[0]) {
        if (stroke.points.length > 1) {
          const points = stroke.points.slice(0, MOST);
          await this.pushEvent("draw", { stroke: stroke.id, points });
          stroke.points.splice(0, points.length - 1);
        } else if (stroke.isOver) this.strokes.shift();
        else break;
      }
    } catch {
      // The page tells that the line is lost.
    }
    this.isSending = false;
    this.show();
  },

  show() {
    const [line, nib] = this.el.querySelector("#underway").children;
    line.setAttribute("d", this.strokes.map(({ points }) => `M${points.join(" ")}`).join(""));
    line.setAttribute("stroke-width", document.getElementById("width").value);
    nib.setAttribute("transform", `translate(${this.at})`);
  },

  place({ clientX, clientY }) {
    const screen = this.el.getScreenCTM().inverse();
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(screen);
    return [x, y];
  },
};

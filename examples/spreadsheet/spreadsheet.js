// Chooses cells and edits them in the bar above. What a hook sets by `this.js()` outlives patches.

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export const Sheet = {
  mounted() {
    this.untold = new Map();
    this.input = this.el.querySelector("#text");
    const grid = this.el.querySelector("table");
    grid.addEventListener("keydown", (event) => this.press(event));
    grid.addEventListener("click", ({ target }) => target.id && this.choose(target));
    grid.addEventListener("dblclick", ({ target }) => target.id && this.edit());
    this.input.addEventListener("keydown", (event) => this.finish(event));
    this.input.form.addEventListener("submit", (event) => event.preventDefault());
    this.choose(this.el.querySelector("#A1"), false);
  },

  reconnected() {
    this.tell();
  },

  updated() {
    if (document.activeElement !== this.input) this.show();
  },

  choose(cell, takesFocus = true) {
    if (this.cell) this.js().removeAttribute(this.cell, "tabindex");
    this.cell = cell;
    this.js().setAttribute(cell, "tabindex", "0");
    if (takesFocus) cell.focus();
    this.show();
  },

  show() {
    this.input.labels[0].textContent = this.cell.id;
    this.input.value = this.cell.dataset.text;
  },

  press(event) {
    if (STEPS[event.key]) this.step(...STEPS[event.key]);
    else if (event.key === "Enter" || event.key === "F2") this.edit();
    else if (event.key === "Delete" || event.key === "Backspace") this.enter("");
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) this.edit(event.key);
    else return;
    event.preventDefault();
  },

  step(across, along) {
    const row = this.cell.parentElement;
    const rows = row.parentElement.rows;
    const cell = rows[row.rowIndex - 1 + along]?.cells[this.cell.cellIndex + across];
    if (cell?.id) this.choose(cell);
  },

  edit(text = this.input.value) {
    this.input.value = text;
    this.input.focus();
  },

  finish(event) {
    if (!["Enter", "Tab", "Escape"].includes(event.key)) return;
    event.preventDefault();
    const cell = this.cell;
    if (event.key === "Escape") this.choose(cell);
    else {
      this.enter(this.input.value);
      this.step(...(event.key === "Tab" ? STEPS.ArrowRight : STEPS.ArrowDown));
      if (this.cell === cell) this.choose(cell);
    }
  },

  enter(text) {
    this.untold.set(this.cell.id, text);
    this.tell();
  },

  // What cannot be told, as the line is lost, is told when it is back.
  async tell() {
    for (const [cell, text] of this.untold) {
      try {
        await this.pushEvent("enter", { cell, text });
      } catch {
        return;
      }
      if (this.untold.get(cell) === text) this.untold.delete(cell);
    }
  },
};

// Where the others write: carets with names, which move with the text.

import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";

export const Others = StateEffect.define();

class Caret extends WidgetType {
  constructor({ name, hue }) {
    super();
    this.name = name;
    this.hue = hue;
  }

  eq({ name, hue }) {
    return name === this.name && hue === this.hue;
  }

  toDOM() {
    const caret = document.createElement("span");
    caret.className = "caret";
    caret.dataset.name = this.name;
    caret.style.setProperty("--hue", this.hue);
    return caret;
  }
}

const placed = (others, { length }) =>
  others.map((other) =>
    Decoration.widget({ widget: new Caret(other), side: 1 }).range(Math.min(other.at, length)),
  );

export const carets = StateField.define({
  create: () => Decoration.none,
  update: (before, { changes, effects, newDoc }) =>
    effects
      .filter((effect) => effect.is(Others))
      .reduce((_, { value }) => Decoration.set(placed(value, newDoc), true), before.map(changes)),
  provide: (field) => EditorView.decorations.from(field),
});

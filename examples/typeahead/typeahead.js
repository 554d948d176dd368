// The keys of a combobox. Its first option is always chosen, so that Enter takes it.

export const Combobox = {
  mounted() {
    this.input = this.el.querySelector("[role='combobox']");
    this.list = this.el.querySelector("[role='listbox']");
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus
    this.list.addEventListener("click", () => (this.input.value = ""));
  },

  updated() {
    this.choose(this.options().find((option) => option.id === this.chosen?.id) ?? this.options()[0]);
  },

  options() {
    return [...this.list.children];
  },

  choose(option) {
    this.chosen = option;
    for (const each of this.options()) each.ariaSelected = each === option;
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  },

  press(event) {
    const options = this.options();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      const at = options.indexOf(this.chosen) + step;
      this.choose(options.at(at % options.length));
    } else if (event.key === "Enter") {
      this.chosen?.click();
    } else {
      return;
    }
    event.preventDefault();
  },
};

// The keys of a tree: the focus is the browser's business, what is open is the server's.

export const Tree = {
  mounted() {
    this.el.addEventListener("keydown", (event) => this.press(event));
    this.el.addEventListener("focusin", ({ target }) => this.keep(target));
    this.updated();
  },

  updated() {
    const first = this.el.querySelector("[aria-current]") ?? this.items()[0];
    this.keep(this.el.contains(this.kept) ? this.kept : first);
  },

  items() {
    return [...this.el.querySelectorAll("[role='treeitem']")];
  },

  /** Let Tab come back to this item. */
  keep(item) {
    for (const each of this.items()) each.tabIndex = each === item ? 0 : -1;
    this.kept = item;
  },

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const item = event.target;
    const items = this.items();
    const at = items.indexOf(item);
    const after = [...items.slice(at + 1), ...items.slice(0, at)];
    const level = Number(item.ariaLevel);
    const isOpen = item.ariaExpanded === "true";
    const goes = {
      ArrowDown: () => items[at + 1],
      ArrowUp: () => items[at - 1],
      Home: () => items[0],
      End: () => items.at(-1),
      ArrowRight: () => (isOpen ? items[at + 1] : item.ariaExpanded && item.click()),
      ArrowLeft: () =>
        isOpen ? item.click() : items.slice(0, at).findLast((each) => each.ariaLevel < level),
    };
    const named = (each) => each.textContent.trim().toLowerCase().startsWith(event.key);
    const go = goes[event.key] ?? (/^\S$/.test(event.key) ? () => after.find(named) : null);
    if (!go) return;
    event.preventDefault();
    go()?.focus();
  },
};

// Drags cards with SortableJS, which only pages with a board load, and moves them with the keys.

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// One hook for all columns: what it pushes holds back changes of all of them until the answer is
// there, so that a card is never seen in two.
export const Columns = {
  async mounted() {
    this.el.addEventListener("keydown", (event) => this.step(event));
    const { default: Sortable } = await import("sortablejs");
    this.sortables = [...this.el.querySelectorAll(".stack")].map((stack) => new Sortable(stack, {
      group: "kanban",
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
      delay: 150, // a finger that moves at once scrolls
      delayOnTouchOnly: true,
      fallbackOnBody: true,
      ghostClass: "kanban-ghost",
      onEnd: (event) => this.drop(event),
    }));
  },

  destroyed() {
    this.sortables?.forEach((sortable) => sortable.destroy());
  },

  async drop({ item, to }) {
    const before = item.nextElementSibling?.dataset.card;
    const { card: id } = item.dataset;
    const isThere = await this.pushEvent("drop", { id, column: to.dataset.column, before });
    if (!isThere) item.remove(); // somebody has deleted it meanwhile
  },

  // A card that comes to stand elsewhere in the page loses the focus.
  async step(event) {
    const [across, along] = STEPS[event.key] ?? [];
    const handle = event.target.closest(".handle");
    if (across === undefined || !handle) return;
    event.preventDefault();
    await this.pushEvent("step", { id: handle.closest("li").dataset.card, across, along });
    document.getElementById(handle.id)?.focus();
  },
};

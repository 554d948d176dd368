// Outlines around elements of the page, drawn over it: nothing in the page itself changes.

export class Highlight {
  private elements: Element[] = [];
  private readonly boxes: HTMLElement;

  constructor(private readonly root: ShadowRoot) {
    this.boxes = document.createElement("div");
    this.boxes.className = "boxes";
    this.boxes.setAttribute("aria-hidden", "true");
    for (const type of ["scroll", "resize"]) {
      window.addEventListener(type, () => this.draw(), { capture: true, passive: true });
    }
  }

  show(elements: (Element | undefined)[]): void {
    this.elements = elements.filter((element): element is Element => element !== undefined && element.isConnected);
    this.draw();
  }

  hide(): void {
    this.show([]);
  }

  private draw(): void {
    if (this.elements.length === 0) {
      this.boxes.remove();
      return;
    }
    this.root.append(this.boxes);
    this.boxes.replaceChildren(
      ...this.elements.slice(0, 40).map((element) => {
        const { top, left, width, height } = element.getBoundingClientRect();
        const box = document.createElement("div");
        box.className = "box";
        const place = { top: top - 2, left: left - 2, width: width + 4, height: height + 4 };
        Object.entries(place).forEach(([name, value]) => box.style.setProperty(name, `${value}px`));
        return box;
      }),
    );
  }
}

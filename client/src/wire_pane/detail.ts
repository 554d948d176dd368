// What an entry says of itself when it is opened: what was sent, the diff as a tree, and beside each of
// its values the elements in which it is seen.

import type { Change } from "./changes";
import { nameOf, showing } from "./changes";
import { button, make } from "./elements";
import type { Highlight } from "./highlight";
import { bytes, diffIn, shown } from "./naming";
import { read } from "./recorder";
import type { Entry } from "./recorder";
import { treeOf } from "./tree";
import type { Node as TreeNode } from "./tree";

const MOST_TEXT = 400;
const MOST_BESIDE = 3;

export class Detail {
  private readonly beside = new Set<Change>();
  private readonly view: Element | null;

  constructor(
    private readonly entry: Entry,
    private readonly highlight: Highlight,
    private readonly copy: () => void,
  ) {
    this.view = document.getElementById(entry.topic.replace(/^lv:/, ""));
  }

  draw(): HTMLElement {
    const { entry } = this;
    const sent = read(entry.sent);
    const received = read(entry.received);
    const detail = make("div", { class: "detail" });
    if (sent) {
      detail.append(this.section("Sent", entry.sent, make("pre", { class: "code" }, json(sent.payload))));
    }
    const diff = received && diffIn({ topic: "", ...received });
    if (diff) {
      const tree = make("ul", { class: "tree" }, ...treeOf(diff).map((node) => this.node(node)));
      detail.append(this.section(sent ? "Diff" : "Diff from the server", entry.received, tree));
    } else if (received) {
      detail.append(this.section("Received", entry.received, make("pre", { class: "code" }, json(received.payload))));
    }
    const others = entry.changes.filter((change) => !this.beside.has(change));
    if (others.length > 0) {
      const items = others.map((change) =>
        make("li", {}, this.element(change.element.deref(), change.name), ` ${[...change.what].join(", ")}`),
      );
      const title = make("h3", {}, this.beside.size > 0 ? "Also changed in the page" : "Changed in the page");
      detail.append(make("section", {}, title, make("ul", { class: "tree changed" }, ...items)));
    }
    if (sent || received) {
      detail.append(button("Copy this frame", this.copy, { class: "copy" }));
    }
    return detail;
  }

  private section(title: string, encoded: Entry["sent"], content: HTMLElement): HTMLElement {
    const size = typeof encoded === "string" ? new TextEncoder().encode(encoded).length : (encoded?.byteLength ?? 0);
    return make("section", {}, make("h3", {}, `${title}: a frame of ${bytes(size)}`), content);
  }

  private node({ label, value, isText, cid, children }: TreeNode): HTMLElement {
    const line = make("span", { class: "leaf" }, make("span", { class: "label" }, value === undefined ? label : `${label}: `));
    const elements: (Element | undefined)[] = [];
    if (value !== undefined) {
      line.append(make("span", { class: "code" }, value.length > MOST_TEXT ? `${value.slice(0, MOST_TEXT)}…` : value));
    }
    if (isText && value) {
      for (const change of showing(this.entry.changes, value).slice(0, MOST_BESIDE)) {
        this.beside.add(change);
        elements.push(change.element.deref());
        line.append(this.element(change.element.deref(), change.name));
      }
    } else if (cid !== undefined) {
      const element = this.view?.querySelector(`[data-phx-component="${cid}"]`);
      if (element) {
        elements.push(element);
        line.append(this.element(element, nameOf(element)));
      }
    }
    line.addEventListener("mouseenter", () => this.highlight.show(elements));
    line.addEventListener("mouseleave", () => this.highlight.hide());
    const item = make("li", {}, line);
    if (children.length > 0) {
      item.append(make("ul", {}, ...children.map((child) => this.node(child))));
    }
    return item;
  }

  private element(element: Element | undefined, name: string): HTMLElement {
    const made = button(name, () => element?.scrollIntoView({ block: "center" }), {
      class: "element",
      title: "Show it in the page",
    });
    for (const type of ["mouseenter", "focus"]) {
      made.addEventListener(type, () => this.highlight.show([element]));
    }
    for (const type of ["mouseleave", "blur"]) {
      made.addEventListener(type, () => this.highlight.hide());
    }
    return made;
  }
}

/** A frame with its answer, to be kept or sent to somebody. */
export function frameText(entry: Entry): string {
  const sent = read(entry.sent);
  const received = read(entry.received);
  return json({ ...(sent && { sent: sent.payload }), ...(received && { received: received.payload }) });
}

function json(value: unknown): string {
  return JSON.stringify(shown(value), null, 1) ?? "";
}

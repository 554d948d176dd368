// The wire pane: what goes over this page's line, as it happens, and in development the badge that opens
// it. It is no part of the page: it lives in a shadow root, and what happens in it stays there.

import type { LiveSocket } from "phoenix_live_view";
import { Detail, frameText } from "./detail";
import { button, make, withCode } from "./elements";
import { Highlight } from "./highlight";
import { bytes, diffIn, milliseconds } from "./naming";
import type { Kind } from "./naming";
import { lineOf, read, Recorder } from "./recorder";
import type { Entry } from "./recorder";
import { STYLE } from "./style";

const KINDS: [string, Kind[]][] = [
  ["Everything", []],
  ["Events", ["event"]],
  ["Diffs from the server", ["diff"]],
  ["Joins and navigation", ["join", "navigation", "line"]],
  ["Uploads", ["upload"]],
  ["Warnings", ["warning"]],
];
const HEIGHT = "--wirebird-wire-pane"; // read in warnings.ts, too
const OF_ONE_VIEWER = ["click", "dblclick", "mousedown", "mouseup", "pointerdown", "pointerup", "touchstart", "touchend",
  "keydown", "keyup", "input", "change", "focusin", "focusout", "submit", "wheel"];

export class WirePane {
  private readonly recorder: Recorder;
  private readonly root: ShadowRoot;
  private readonly highlight: Highlight;
  private readonly pane: HTMLElement;
  private readonly badge: HTMLElement;
  private readonly sum = make("span", { class: "sum" });
  private readonly list = make("ol", { class: "rows", "aria-label": "Frames" });
  private readonly empty = make("p", { class: "empty" }, "Nothing yet: use the page, and its frames appear here.");
  private readonly said = make("p", { class: "said", role: "status" });
  private readonly filter = make("input", { type: "search", class: "filter", placeholder: "Filter", "aria-label": "Filter" });
  private readonly kinds = make("select", { "aria-label": "Which frames" });
  private readonly rows = new Map<Entry, HTMLLIElement>();
  private readonly changed = new Set<Entry>();
  private readonly expanded = new Set<Entry>();
  private paused: number | null = null;
  private drawing = 0;
  private opener: Element | null = null;

  constructor(liveSocket: LiveSocket, private readonly dev: boolean) {
    const host = make("div", { id: "wirebird-wire" });
    this.root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.root.adoptedStyleSheets = [sheet];
    for (const type of OF_ONE_VIEWER) {
      // The page hears of nothing that is pressed or typed here.
      host.addEventListener(type, (event) => event.stopPropagation());
    }
    this.highlight = new Highlight(this.root);
    this.pane = this.drawPane();
    this.badge = this.makeBadge();
    this.root.append(this.badge); // the pane comes when it is opened: tests of the page find only the page's own
    // Beside the body, whose children the page may patch.
    document.documentElement.append(host);
    window.addEventListener("resize", () => this.pane.hidden || this.makeRoom());
    this.recorder = new Recorder(liveSocket, (entry) => this.note(entry));
    this.drawSum();
  }

  toggle(): void {
    if (this.pane.hidden) {
      this.open();
    } else {
      this.close();
    }
  }

  open(): void {
    if (this.pane.hidden) {
      this.opener = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
      this.badge.hidden = true;
      this.pane.hidden = false;
      this.root.append(this.pane);
      this.makeRoom();
      this.draw();
      this.list.scrollTop = this.list.scrollHeight;
    }
    this.pane.focus();
  }

  /** Lets the end of the page be scrolled to, and the warnings stand above the pane. */
  private makeRoom(): void {
    const { style } = document.documentElement;
    style.setProperty(HEIGHT, `${this.pane.offsetHeight}px`);
    style.setProperty("padding-block-end", `var(${HEIGHT})`);
  }

  private close(): void {
    this.pane.hidden = true;
    this.pane.remove();
    this.badge.hidden = !this.dev;
    this.highlight.hide();
    for (const property of [HEIGHT, "padding-block-end"]) {
      document.documentElement.style.removeProperty(property);
    }
    (this.opener as HTMLElement | null)?.focus?.();
  }

  // An element of its own kind: tests of a page in development that ask for its only button find that.
  private makeBadge(): HTMLElement {
    const badge = document.createElement("wirebird-badge");
    badge.className = "badge";
    badge.title = "Round trip, size of the last diff";
    badge.role = "button";
    badge.tabIndex = 0;
    badge.hidden = !this.dev;
    badge.addEventListener("click", () => this.open());
    badge.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        this.open();
      }
    });
    return badge;
  }

  private drawPane(): HTMLElement {
    const pause = button("Pause", () => this.pause(pause), { "aria-pressed": "false" });
    for (const [index, [words]] of KINDS.entries()) {
      this.kinds.append(make("option", { value: String(index) }, words));
    }
    for (const field of [this.filter, this.kinds]) {
      field.addEventListener("input", () => this.draw(true));
    }
    const header = make(
      "header",
      {},
      make("h2", {}, "Wire"),
      this.sum,
      this.filter,
      this.kinds,
      pause,
      button("Clear", () => this.clear()),
      button("Copy", () => this.copy(this.shownEntries().map(lineOf).join("\n"), "The lines are copied.")),
      button("Close", () => this.close(), { class: "close" }),
    );
    const pane = make("aside", { class: "pane", "aria-label": "Wire", tabindex: "-1", hidden: true });
    pane.append(header, this.empty, this.list, this.said);
    pane.addEventListener("keydown", (event) => this.key(event));
    return pane;
  }

  private key(event: KeyboardEvent): void {
    if (event.key === "Escape" && !(this.root.activeElement === this.filter && this.filter.value)) {
      this.close();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const heads = [...this.list.querySelectorAll<HTMLElement>("li:not([hidden]) > .head")];
    const at = heads.indexOf(this.root.activeElement as HTMLElement);
    if (step && at >= 0) {
      event.preventDefault();
      heads[Math.min(Math.max(at + step, 0), heads.length - 1)]?.focus();
    }
  }

  private pause(pressed: HTMLElement): void {
    const last = this.recorder.entries[this.recorder.entries.length - 1];
    this.paused = this.paused === null ? (last?.number ?? 0) : null;
    pressed.setAttribute("aria-pressed", String(this.paused !== null));
    this.draw(true);
  }

  private clear(): void {
    this.recorder.clear();
    this.expanded.clear();
    this.say("Cleared.");
  }

  // What is shown

  private note(entry: Entry | null): void {
    if (entry) {
      this.changed.add(entry);
    }
    this.drawing ||= requestAnimationFrame(() => {
      this.drawing = 0;
      this.drawSum();
      if (this.pane.hidden) {
        return;
      }
      this.draw();
    });
  }

  private drawSum(): void {
    const { roundTrip, diffSize, warnings } = this.recorder;
    const facts = [roundTrip === null ? "–" : milliseconds(roundTrip), diffSize === null ? "no diff" : bytes(diffSize)];
    const warned = warnings === 0 ? [] : [make("span", { class: "warnings" }, `${warnings} ⚠`)];
    this.sum.replaceChildren(...this.rates(), ...warned);
    const counted = warnings === 0 ? [] : [`${warnings} warning${warnings === 1 ? "" : "s"}`];
    const shown = [...facts, ...counted].join("   ");
    this.badge.textContent = shown;
    this.badge.classList.toggle("warnings", warnings > 0);
    // Whoever speaks to the browser says what is to be read there.
    this.badge.setAttribute("aria-label", `Wire: ${shown}`);
  }

  private rates(): string[] {
    const { roundTrip, diffSize } = this.recorder;
    return roundTrip === null ? [] : [`${milliseconds(roundTrip)}, last diff ${bytes(diffSize ?? 0)} `];
  }

  private draw(everything = false): void {
    const { entries } = this.recorder;
    const isAtEnd = this.list.scrollTop + this.list.clientHeight >= this.list.scrollHeight - 8;
    const kept = new Set(entries);
    for (const [entry, row] of this.rows) {
      if (!kept.has(entry)) {
        row.remove();
        this.rows.delete(entry);
        this.expanded.delete(entry);
      }
    }
    const wanted = new Set(this.shownEntries());
    for (const entry of entries) {
      if (this.paused !== null && entry.number > this.paused) {
        break;
      }
      let row = this.rows.get(entry);
      if (row === undefined) {
        row = make("li");
        this.rows.set(entry, row);
        this.list.append(row);
        this.drawRow(entry, row);
      } else if (this.changed.has(entry)) {
        this.drawRow(entry, row);
      }
      if (everything || this.changed.has(entry) || row.hidden === wanted.has(entry)) {
        row.hidden = !wanted.has(entry);
      }
      this.changed.delete(entry);
    }
    this.empty.hidden = wanted.size > 0;
    this.empty.textContent = entries.length > 0 ? "No frame is of this kind." : "Nothing yet: use the page, and its frames appear here.";
    if (isAtEnd) {
      this.list.scrollTop = this.list.scrollHeight;
    }
  }

  private shownEntries(): Entry[] {
    const words = this.filter.value.trim().toLowerCase();
    const kinds = KINDS[Number(this.kinds.value)]?.[1] ?? [];
    return this.recorder.entries.filter(
      (entry) =>
        (kinds.length === 0 || kinds.includes(entry.kind)) &&
        (this.paused === null || entry.number <= this.paused) &&
        (words === "" || `${lineOf(entry)} ${previewOf(entry)}`.toLowerCase().includes(words)),
    );
  }

  private drawRow(entry: Entry, row: HTMLLIElement): void {
    const isOpen = this.expanded.has(entry);
    const hadFocus = this.root.activeElement !== null && row.contains(this.root.activeElement);
    const times = entry.roundTrip === null ? "" : milliseconds(entry.roundTrip);
    const server = entry.server === null ? "" : `, server ${milliseconds(entry.server)}`;
    const head = make(
      "button",
      { type: "button", class: "head", "aria-expanded": String(isOpen) },
      make("span", { class: "at code" }, timeOf(entry.at)),
      make("span", { class: "words" }, ...withCode(entry.words)),
      make("span", { class: "preview code", "aria-hidden": "true" }, previewOf(entry)),
      make("span", { class: "size" }, entry.diffSize === null ? "" : bytes(entry.diffSize)),
      make("span", { class: "times" }, times + server),
    );
    const elements = () => this.highlight.show(entry.changes.map(({ element }) => element.deref()));
    head.addEventListener("click", () => {
      if (!this.expanded.delete(entry)) {
        this.expanded.add(entry);
      }
      this.drawRow(entry, row);
      row.scrollIntoView({ block: "nearest" });
    });
    head.addEventListener("mouseenter", elements);
    head.addEventListener("mouseleave", () => this.highlight.hide());
    head.addEventListener("focus", elements);
    head.addEventListener("blur", () => this.highlight.hide());
    row.className = `row of-${entry.kind}`;
    const copy = () => this.copy(frameText(entry), "The frame is copied.");
    row.replaceChildren(head, ...(isOpen ? [new Detail(entry, this.highlight, copy).draw()] : []));
    if (hadFocus) {
      head.focus();
    }
  }

  private async copy(text: string, done: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.say(done);
    } catch {
      // A page without HTTPS has no clipboard of this kind.
      const area = make("textarea", { class: "said" });
      area.value = text;
      this.pane.append(area);
      area.select();
      const isCopied = document.execCommand("copy");
      area.remove();
      this.say(isCopied ? done : "The browser does not let it be copied.");
    }
  }

  private say(words: string): void {
    this.said.textContent = words;
  }
}

function timeOf(at: Date): string {
  return `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}

/** The diff as it is, or what was sent, in short. */
function previewOf(entry: Entry): string {
  if (entry.diffSize !== null && entry.diffSize <= 2000) {
    const received = read(entry.received);
    return JSON.stringify(received && diffIn({ topic: "", ...received }));
  }
  return "";
}

// Looks in development for mistakes that only the page shows: ids that stand twice, forms and hooks that
// LiveView cannot find again, hooks without an implementation, and rows of streams that will vanish.

import type { LiveSocket } from "phoenix_live_view";
import type { Warning } from "./warnings";

const PAUSE_MS = 60; // until what belongs together has changed

type Stream = [ref: string, inserts: [id: string, ...rest: unknown[]][], ...rest: unknown[]];

type Decode = (data: unknown, take: (message: unknown) => void) => void;

export class LookAtPage {
  private readonly told = new Set<string>();
  private readonly rows = new Set<string>();
  private waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly liveSocket: LiveSocket,
    private readonly warn: (warning: Warning) => void,
  ) {}

  /** Looks now, and after each change. */
  begin(): void {
    // Before LiveView hears of it, which takes streams out of what it is sent.
    const socket = this.liveSocket.getSocket() as unknown as { decode: Decode };
    const decode = socket.decode;
    socket.decode = (data, take) =>
      decode(data, (message) => {
        this.streams(message);
        take(message);
      });
    const filter = ["id", this.name("hook"), this.name("change"), this.name("update")];
    new MutationObserver(() => this.soon()).observe(document.body, {
      attributeFilter: filter,
      childList: true,
      subtree: true,
    });
    this.soon();
  }

  private soon(): void {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.look(), PAUSE_MS);
  }

  private name(binding: string): string {
    return this.liveSocket.binding(binding);
  }

  private look(): void {
    this.ids();
    const change = this.name("change");
    for (const form of document.querySelectorAll(`form[${change}]`)) {
      if (!form.id && !form.hasAttribute(this.name("auto-recover"))) {
        this.tell(
          "WB502",
          `a form with ${change} needs an id, so that what was typed into it is there again when the page reconnects`,
          form,
        );
      }
    }
    const hook = this.name("hook");
    for (const element of document.querySelectorAll(`[${hook}]`)) {
      this.hook(element, element.getAttribute(hook) ?? "");
    }
    for (const id of this.rows) {
      const row = document.getElementById(id);
      const list = row?.parentElement;
      if (row && list && list.getAttribute(this.name("update")) !== "stream") {
        const update = `${this.name("update")}="stream"`;
        this.tell("WB501", `the rows of a stream vanish with the next update: write ${update} on the element around them`, list);
      }
    }
    this.rows.clear();
  }

  private ids(): void {
    const seen = new Set<string>();
    for (const element of document.body.querySelectorAll("[id]")) {
      if (element.id && seen.has(element.id) && !element.closest("svg")) {
        this.tell("WB503", `the id "${element.id}" stands twice in the page, so that updates reach the wrong element`, element);
      }
      seen.add(element.id);
    }
  }

  private hook(element: Element, name: string): void {
    if (!name) {
      return;
    }
    if (!element.id) {
      this.tell("WB205", `an element with ${this.name("hook")} needs an id that no other has`, element);
    }
    const known = this.liveSocket as unknown as { getHookDefinition(name: string): unknown; hooks: object };
    if (!known.getHookDefinition(name)) {
      const names = Object.keys(known.hooks).join(", ") || "none";
      this.tell(
        "WB204",
        `there is no hook "${name}": export it from a script of the page's (its hooks: ${names}; the console says if a script failed)`,
        element,
      );
    }
  }

  /** Finds the streams in what the server sends; where their rows stand is looked at once they do. */
  private streams(sent: unknown): void {
    if (typeof sent !== "object" || sent === null) {
      return;
    }
    for (const [key, value] of Object.entries(sent)) {
      if (key === "stream" && Array.isArray(value) && Array.isArray(value[1])) {
        (value as Stream)[1].forEach(([id]) => this.rows.add(id));
        this.soon();
      } else {
        this.streams(value);
      }
    }
  }

  private tell(code: string, message: string, element: Element): void {
    const where = (element.cloneNode(false) as Element).outerHTML.slice(0, 160);
    // Once for each mistake in a template, not for each row that it is made in.
    const mistake = `${code} ${message} ${where.replace(/"[^"]*"/g, "")}`;
    if (!this.told.has(mistake)) {
      this.told.add(mistake);
      this.warn({ code, message, where: where.replace(/<\/[\w-]+>$/, ""), element });
    }
  }
}

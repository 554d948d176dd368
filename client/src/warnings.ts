// The list of warnings in a corner of the page, in development. It lies in a shadow of its own, and says
// each thing once, with how often it happened. What is new is dispatched on the window, too, as
// "wirebird:warning". Everything in it goes in as text, never as HTML.

export interface Warning {
  code: string;
  message: string;
  /** The place: a file and line, or the element. */
  where?: string;
  /** What opens that place in the developer's editor. */
  link?: string;
  /** The element, which is shown when somebody asks for it. */
  element?: Element;
}

const ID = "wirebird-warnings";

const STYLE = `
  :host { position: fixed; inset-block-end: calc(.75rem + var(--wirebird-wire-pane, 0px));
    inset-inline-start: .75rem; z-index: 2147483646; max-inline-size: min(32rem, calc(100vw - 1.5rem)); font: 13px/1.45 system-ui, sans-serif; color: #1c1917;
    color-scheme: light }
  [hidden] { display: none !important }
  button { font: inherit; color: inherit; cursor: pointer; background: transparent; border: 0; padding: .1rem .35rem;
    border-radius: 4px }
  button:focus-visible { outline: 2px solid #1d4ed8; outline-offset: 1px }
  .badge { font-weight: 600; padding: .2rem .6rem; background: #fef3c7; border: 1px solid #d97706 }
  ul { margin: 0 0 .4rem; padding: 0; list-style: none; overflow: auto;
    max-block-size: min(45vh, calc(100vh - 4rem - var(--wirebird-wire-pane, 0px))); background: #fffbeb;
    border: 1px solid #d97706; border-radius: 6px; box-shadow: 0 2px 10px rgb(0 0 0 / .2) }
  li { display: flex; gap: .5rem; align-items: start; padding: .5rem .5rem .5rem .75rem }
  li + li { border-block-start: 1px solid #fcd34d }
  .text { flex: 1; min-inline-size: 0; overflow-wrap: anywhere }
  .where { display: block; margin-block-start: .15rem; color: #57534e;
    font: 12px/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
  a.where { color: #1d4ed8 }
  .code { color: #57534e; margin-inline-end: .4rem }
  .count { font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    :host { color: #f5f5f4; color-scheme: dark }
    button:focus-visible { outline-color: #93c5fd }
    .badge { background: #451a03; border-color: #b45309 }
    ul { background: #1c1917; border-color: #b45309 }
    li + li { border-color: #57340f }
    .where, .code { color: #c7c2be }
    a.where { color: #93c5fd }
  }
`;

interface Shown {
  item: HTMLLIElement;
  count: HTMLElement;
  times: number;
  of: string | null;
}

/** The warnings of this page. */
export class Warnings {
  private readonly shown = new Map<string, Shown>();
  private readonly dismissed = new Set<string>();
  private readonly list = document.createElement("ul");
  private readonly badge = document.createElement("button");
  private panel: HTMLElement | null = null;

  /** Shows a warning, unless it was dismissed; one that is there already is counted. */
  add(warning: Warning, of: string | null = null): void {
    const key = keyOf(warning);
    if (this.dismissed.has(key)) {
      return;
    }
    const before = this.shown.get(key);
    if (before && of !== null) {
      before.of = of;
      return;
    }
    if (before) {
      before.times += 1;
      before.count.textContent = ` \u00d7${before.times}`;
      return;
    }
    const { code, message, where, element } = warning;
    console.warn(`wirebird: ${message}${where ? ` (${where})` : ""}`, ...(element ? [element] : []));
    this.shown.set(key, this.make(key, warning, of));
    this.refresh(true);
    window.dispatchEvent(new CustomEvent("wirebird:warning", { detail: { code, message, where } }));
  }

  /** Lets these be all warnings of one kind, which are found together. */
  replace(of: string, warnings: Warning[]): void {
    const kept = new Set(warnings.map(keyOf));
    for (const [key, { item, of: kind }] of this.shown) {
      if (kind === of && !kept.has(key)) {
        item.remove();
        this.shown.delete(key);
      }
    }
    warnings.forEach((warning) => this.add(warning, of));
    this.refresh(false);
  }

  /** Shows those that came with the page, by their kinds, as JSON. */
  replaceAll(json: string | null | undefined): void {
    for (const [of, warnings] of Object.entries(JSON.parse(json || "{}") as Record<string, Warning[]>)) {
      this.replace(of, warnings);
    }
  }

  private make(key: string, { code, message, where, link, element }: Warning, of: string | null): Shown {
    const item = document.createElement("li");
    const text = part("div", "text");
    const count = part("span", "count");
    text.append(part("span", "code", code), part("span", "message", message), count);
    if (where) {
      const place = part(link ? "a" : "span", "where", where);
      if (link) {
        (place as HTMLAnchorElement).href = link;
      }
      text.append(place);
    }
    if (element) {
      const show = part("button", "show", "Show");
      show.addEventListener("click", () => element.scrollIntoView({ block: "center" }));
      text.append(show);
    }
    const dismiss = part("button", "dismiss", "\u00d7");
    dismiss.setAttribute("aria-label", `Dismiss: ${message}`);
    dismiss.addEventListener("click", () => {
      this.dismissed.add(key);
      item.remove();
      this.shown.delete(key);
      this.refresh(false);
    });
    item.append(text, dismiss);
    this.list.append(item);
    return { item, count, times: 1, of };
  }

  private refresh(isNew: boolean): void {
    const count = this.shown.size;
    if (!this.panel && count > 0) {
      this.panel = this.open();
    }
    if (this.panel) {
      this.panel.hidden = count === 0;
      this.badge.textContent = `\u26a0 ${count} ${count === 1 ? "warning" : "warnings"}`;
      this.list.hidden &&= !isNew;
      this.badge.setAttribute("aria-expanded", String(!this.list.hidden));
    }
  }

  private open(): HTMLElement {
    const panel = document.createElement("div");
    panel.id = ID;
    panel.setAttribute("role", "region");
    panel.setAttribute("aria-label", "Warnings of the page's developer");
    const shadow = panel.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [sheet];
    this.badge.className = "badge";
    this.badge.type = "button";
    this.badge.addEventListener("click", () => {
      this.list.hidden = !this.list.hidden;
      this.badge.setAttribute("aria-expanded", String(!this.list.hidden));
    });
    // Nothing that is done here is meant for the page under it.
    panel.addEventListener("click", (event) => event.stopPropagation());
    shadow.append(this.list, this.badge);
    // Beside the body, whose children the page may patch.
    document.documentElement.append(panel);
    return panel;
  }
}

function keyOf({ code, message, where }: Warning): string {
  return JSON.stringify([code, message, where]);
}

function part(tag: string, name: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  if (made instanceof HTMLButtonElement) {
    made.type = "button";
  }
  return made;
}

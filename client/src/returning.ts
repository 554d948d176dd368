// A view whose line was lost is kept by the server for a while. When the page is back it says what it was
// shown last, and the view goes on. What only the page has, the rows of streams and nested views, stays
// through the patch that follows, which would else begin with an empty page.

import type { Socket } from "phoenix";
import type { LiveSocketOptions } from "phoenix_live_view";

type Callbacks = NonNullable<LiveSocketOptions["dom"]>;

/** What LiveView keeps at an element. */
interface Kept extends Element {
  phxPrivate?: { view?: { joinCount: number }; destroyed?: boolean };
}

const KEPT = "kept";
const LEFT = 4001;
const LEFT_FRAME = '[null,null,"wirebird","left",{}]';

/** What Phoenix's long polling has for itself. */
interface Polling {
  token?: string | null;
  endpointURL?(): string;
}

/** Closes a line because its page is left: nobody comes back for its views, and the server keeps none. */
export function leave(socket: Socket): void {
  const { conn } = socket as unknown as { conn: Polling | null };
  if (conn?.token && conn.endpointURL) {
    navigator.sendBeacon(conn.endpointURL(), LEFT_FRAME); // a poll that ends says no more than a lost line
  }
  socket.disconnect(undefined, LEFT, "the page was left");
}

export class Returning {
  private readonly marks = new Map<string, string>();
  private readonly kept = new Set<string>();
  private held: Element[] = [];
  /** Tells this load of the page from others that may have the same HTML, such as a tab's copy. */
  private load = newLoad();
  private readonly update: string;

  constructor(prefix = "phx-") {
    this.update = `${prefix}update`;
    on<{ view: string; mark: string }>("phx:wirebird:mark", ({ view, mark }) => this.marks.set(view, mark));
    on<{ view: string }>("phx:wirebird:kept", ({ view }) => this.kept.add(view));
  }

  /** The parameters that a view joins with; the socket itself has none of them. */
  params(el?: Kept): Record<string, string> {
    if (!el) {
      return {};
    }
    const hasJoined = (el.phxPrivate?.view?.joinCount ?? 0) > 0;
    return { _mark: (hasJoined && this.marks.get(el.id)) || "", _load: this.load };
  }

  /** From now on views begin anew: neither what the server keeps nor what it has stored is for this page. */
  forget(): void {
    this.marks.clear();
    this.load = newLoad();
  }

  /** Returns the callbacks that LiveSocket needs for it. */
  dom(given: Partial<Callbacks> = {}): Partial<Callbacks> {
    return {
      ...given,
      onPatchStart: (container) => {
        if (this.kept.delete(container.id)) {
          this.hold(container);
        }
        given.onPatchStart?.(container);
      },
      onPatchEnd: (container) => {
        this.held.forEach((el) => el.getAttribute(this.update) === KEPT && el.setAttribute(this.update, "stream"));
        this.held = [];
        given.onPatchEnd?.(container);
      },
    };
  }

  /** Tells the server when the page is left, so that it keeps nothing for it. */
  follow(socket: () => Socket): void {
    window.addEventListener("pagehide", () => leave(socket()));
  }

  private hold(container: Element): void {
    // The patch takes the rows out of what is marked as a stream before it begins. As it comes to the
    // element it marks it again, and so leaves the rows where they are.
    this.held = [...container.querySelectorAll(`[${this.update}=stream]`)];
    this.held.forEach((el) => el.setAttribute(this.update, KEPT));
    // A view that was destroyed with its parent would be replaced by an empty one. It joins again by itself.
    container.querySelectorAll<Kept>("[data-phx-session]").forEach((el) => delete el.phxPrivate?.destroyed);
  }
}

function newLoad(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(36)).join("");
}

function on<T>(name: string, answer: (detail: T) => void): void {
  window.addEventListener(name, (event) => answer((event as CustomEvent<T>).detail));
}

// Events that the server pushes and the client itself answers: JS commands, and in development
// reloads and errors. LiveView dispatches a pushed event "x" on the window as "phx:x".

import type { LiveSocket } from "phoenix_live_view";
import { hideError, showError, waitsForMending } from "./overlay";
import type { ServerError } from "./overlay";

interface RunCommands {
  /** Encoded JS commands: a list, or its JSON. */
  cmd: unknown[] | string;
  /** A selector; the commands run on every element that it finds, else on the body. */
  to?: string;
}

interface Reload {
  /** "css" takes the page's stylesheets anew and keeps its state; all else reloads the page. */
  kind?: "page" | "css";
}

export function answerServerEvents(liveSocket: LiveSocket, dev: boolean): void {
  on<RunCommands>("phx:js", ({ cmd, to }) => {
    const encoded = typeof cmd === "string" ? cmd : JSON.stringify(cmd);
    const elements = to ? document.querySelectorAll(to) : [document.body];
    elements.forEach((el) => liveSocket.execJS(el, encoded));
  });

  on("phx:wirebird:slowed", () => {
    console.warn("wirebird: this page sends more events than the server takes from one; they wait. Is something missing a phx-throttle?");
  });

  if (dev) {
    followDevelopment(liveSocket);
  }
}

function followDevelopment(liveSocket: LiveSocket): void {
  on<ServerError>("phx:wirebird:error", showError);
  on<{ topic?: string }>("phx:wirebird:mended", ({ topic }) => hideError(topic));
  const reload = ({ kind }: Reload): void => (kind === "css" ? reloadStylesheets() : window.location.reload());
  on<Reload>("phx:wirebird:reload", reload);
  // A page whose view could not be joined hears it from the line itself.
  liveSocket.getSocket().onMessage((message) => {
    const { topic, event, payload } = message as { topic: string; event: string; payload: Reload };
    if (topic === "wirebird" && event === "wirebird:reload") {
      reload(payload);
    }
  });
  // LiveView closes the line of a page whose view cannot be joined, to load it anew after 5 to 10 s.
  // A developer reads meanwhile why; the line tells when that is mended.
  const reloading = liveSocket as unknown as { reloadWithJitter(...given: unknown[]): void };
  const reloadWithJitter = reloading.reloadWithJitter.bind(liveSocket);
  reloading.reloadWithJitter = (...given) => {
    if (!waitsForMending()) {
      reloadWithJitter(...given);
    }
  };
}

function on<T>(name: string, answer: (detail: T) => void): void {
  window.addEventListener(name, (event) => answer((event as CustomEvent<T | null>).detail ?? ({} as T)));
}

function reloadStylesheets(): void {
  for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel~="stylesheet"][href]')) {
    const url = new URL(link.href);
    if (url.origin !== window.location.origin) {
      continue;
    }
    url.searchParams.set("reloaded", Date.now().toString());
    // The old sheet stays until the new one is there, so that the page is never without style.
    const fresh = link.cloneNode() as HTMLLinkElement;
    fresh.href = url.href;
    fresh.addEventListener("load", () => link.remove());
    fresh.addEventListener("error", () => fresh.remove());
    link.after(fresh);
  }
}

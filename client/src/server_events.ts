// Events that the server pushes and the client itself answers. LiveView dispatches a pushed event "x"
// on the window as "phx:x".

import type { LiveSocket } from "phoenix_live_view";

interface RunCommands {
  /** Encoded JS commands: a list, or its JSON. */
  cmd: unknown[] | string;
  /** A selector; the commands run on every element that it finds, else on the body. */
  to?: string;
}

export function answerServerEvents(liveSocket: LiveSocket): void {
  on<RunCommands>("phx:js", ({ cmd, to }) => {
    const encoded = typeof cmd === "string" ? cmd : JSON.stringify(cmd);
    const elements = to ? document.querySelectorAll(to) : [document.body];
    elements.forEach((el) => liveSocket.execJS(el, encoded));
  });

  on("phx:wirebird:slowed", () => {
    console.warn("wirebird: this page sends more events than the server takes from one; they wait. Is something missing a phx-throttle?");
  });
}

export function on<T>(name: string, answer: (detail: T) => void): void {
  window.addEventListener(name, (event) => answer((event as CustomEvent<T | null>).detail ?? ({} as T)));
}

// phx-window-focus and phx-window-blur. LiveView 1.2.12 answers only events whose target is an
// element, and these two come to the window itself: without this, neither is ever sent.

import type { LiveSocket } from "phoenix_live_view";

export function followWindowFocus(liveSocket: LiveSocket, prefix = "phx-"): void {
  for (const kind of ["focus", "blur"] as const) {
    const binding = `${prefix}window-${kind}`;
    window.addEventListener(kind, (event) => {
      if (event.target !== window) {
        return; // An element's own, which LiveView answers.
      }
      for (const el of document.querySelectorAll(`[${binding}]`)) {
        const bound = el.getAttribute(binding) ?? "";
        const commands = bound.startsWith("[") ? bound : JSON.stringify([["push", { event: bound }]]);
        liveSocket.execJS(el, commands, kind);
      }
    });
  }
}

// A page that is left closes its socket. When it stays all the same, because the browser only saved a
// file or opened another program, it connects again: after a moment, or at once when somebody uses it.

import type { LiveSocket } from "phoenix_live_view";
import { HeldActs } from "./held_acts";
import { leave } from "./returning";

const STAYS_AFTER_MS = 1000;

/** What LiveSocket has for itself; it calls `unload` whenever it sends the browser elsewhere. */
interface Leaving {
  unloaded: boolean;
  unload(): void;
}

/**
 * @param forget Lets views begin anew.
 * @param prefix What the names of bindings begin with.
 */
export function returnWhenThePageStays(liveSocket: LiveSocket, forget: () => void, prefix = "phx-"): void {
  const leaving = liveSocket as LiveSocket & Leaving;
  let timer: number | undefined;

  leaving.unload = () => {
    if (leaving.unloaded) {
      return;
    }
    leaving.unloaded = true;
    // The views stay, so that they join again with their hooks and with what is in their forms.
    // But they begin anew: one that was kept, or stored, would send the page away again.
    forget();
    leave(liveSocket.getSocket());
    liveSocket.disconnect();
    // A page that sends itself away each time it joins must not do so for ever.
    if (held.begin()) {
      timer = window.setTimeout(stay, STAYS_AFTER_MS);
    }
  };
  const stay = () => {
    window.clearTimeout(timer);
    if (leaving.unloaded) {
      leaving.unloaded = false;
      liveSocket.connect();
    }
  };
  const held = new HeldActs(prefix, stay);
  // A view that has joined ends the page's loading.
  window.addEventListener("phx:page-loading-stop", () => {
    if (held.isHolding && !leaving.unloaded) {
      held.end();
    }
  });
  window.addEventListener("pagehide", () => window.clearTimeout(timer));
}

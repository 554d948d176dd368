// A page that is left closes its socket. When it stays all the same, because the browser only saved a
// file or opened another program, it connects again: after a moment, or at once when somebody uses it.

import type { LiveSocket } from "phoenix_live_view";

const STAYS_AFTER_MS = 1000;

/** What LiveSocket has for itself; it calls `unload` whenever it sends the browser elsewhere. */
interface Leaving {
  unloaded: boolean;
  unload(): void;
}

export function returnWhenThePageStays(liveSocket: LiveSocket, prefix = "phx-"): void {
  const leaving = liveSocket as LiveSocket & Leaving;
  let timer: number | undefined;
  let isAway = false;
  let held: (() => void)[] = [];

  leaving.unload = () => {
    if (leaving.unloaded) {
      return;
    }
    leaving.unloaded = true;
    // The views stay, so that they join again with their hooks and with what is in their forms.
    liveSocket.disconnect();
    // A page that sends itself away each time it joins must not do so for ever.
    if (!isAway) {
      timer = window.setTimeout(stay, STAYS_AFTER_MS);
    }
    isAway = true;
  };
  const stay = () => {
    window.clearTimeout(timer);
    if (leaving.unloaded) {
      leaving.unloaded = false;
      liveSocket.connect();
    }
  };
  // A view that has joined ends the page's loading.
  window.addEventListener("phx:page-loading-stop", () => {
    if (isAway && !leaving.unloaded) {
      isAway = false;
      const acts = held;
      held = [];
      acts.forEach((act) => act());
    }
  });
  window.addEventListener("pagehide", () => window.clearTimeout(timer));

  const listen = (type: string, use: (event: Event) => void) => {
    window.addEventListener(type, (event) => isAway && use(event), { capture: true });
  };
  const hold = (event: Event, act: () => void) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    held = [act];
    stay();
  };
  listen("pointerdown", stay);
  listen("keydown", stay);
  listen("click", (event) => {
    const el = event.target instanceof Element ? event.target.closest<HTMLElement>(`[${prefix}click]`) : null;
    if (el) {
      hold(event, () => el.click());
    }
  });
  listen("submit", (event) => {
    const { target: form, submitter } = event as SubmitEvent;
    if (form instanceof HTMLFormElement && form.hasAttribute(`${prefix}submit`)) {
      hold(event, () => form.requestSubmit(submitter?.isConnected ? submitter : null));
    }
  });
}

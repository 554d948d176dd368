// The wire pane shows what goes over a page's line. It is a script of its own, loaded when somebody opens
// it, and in development with the page. Elements with `data-wire-pane` open it.

import type { LiveSocket } from "phoenix_live_view";

/** What its script exports. */
interface Pane {
  toggle(): void;
  open(): void;
}

/** Offers it where the server does; in development, waits until it is there. */
export async function offerWirePane(liveSocket: LiveSocket, source: string, dev: boolean): Promise<() => Promise<void>> {
  let loaded: Promise<Pane> | undefined;
  const load = () =>
    (loaded ??= import(new URL(source, document.baseURI).href).then(({ WirePane }) => new WirePane(liveSocket, dev)));
  document.addEventListener("click", async (event) => {
    if (event.target instanceof Element && event.target.closest("[data-wire-pane]")) {
      (await load()).toggle();
    }
  });
  if (dev) {
    await load().catch((error) => console.error("wirebird: the wire pane could not be loaded.", error));
  }
  return async () => (await load()).open();
}

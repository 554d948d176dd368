// LiveView's infinite scroll holds the page where it is until its event is answered. An answer that a lost
// line took along never comes, and the page could not be scrolled any more: it begins anew with its view.

import type { LiveSocketOptions } from "phoenix_live_view";

type Callbacks = NonNullable<LiveSocketOptions["dom"]>;

interface Hook {
  el: HTMLElement;
  mounted(): void;
  destroyed(): void;
}

interface Viewed extends Element {
  phxPrivate?: { view?: { joinPending: boolean; viewHooks: Record<string, Hook> } };
}

/** Returns the callbacks that LiveSocket needs for it. */
export function releaseScrolling(given: Partial<Callbacks> = {}): Partial<Callbacks> {
  return {
    ...given,
    onPatchEnd(container) {
      const view = (container as Viewed).phxPrivate?.view;
      for (const hook of view?.joinPending ? Object.values(view.viewHooks) : []) {
        if (hook.el.dataset.phxHook === "Phoenix.InfiniteScroll") {
          hook.destroyed();
          hook.mounted();
        }
      }
      given.onPatchEnd?.(container);
    },
  };
}

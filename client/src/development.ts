// What a page does in development besides: it shows errors and warnings, and follows its files. A script of
// its own, which pages in production never load.

import type { LiveSocket } from "phoenix_live_view";
import { LookAtPage } from "./mistakes";
import { hideError, showError, waitsForMending } from "./overlay";
import type { ServerError } from "./overlay";
import { meta } from "./page";
import { on } from "./server_events";
import { Warnings } from "./warnings";
import type { Warning } from "./warnings";

interface Reload {
  /** "css" takes the page's stylesheets anew and keeps its state; all else reloads the page. */
  kind?: "page" | "css";
}

export function follow(liveSocket: LiveSocket, failed: { source: string; error: unknown }[]): void {
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

  const warnings = new Warnings();
  on<Warning>("phx:wirebird:warning", (warning) => warnings.add(warning));
  on<{ of: string; warnings: Warning[] }>("phx:wirebird:warnings", ({ of, warnings: now }) => warnings.replace(of, now));
  warnings.replaceAll(meta("wirebird-warnings"));
  for (const { source, error } of failed) {
    warnings.add({ code: "script", message: `a script could not be loaded, so its hooks are missing: ${String(error)}`, where: source });
  }
  new LookAtPage(liveSocket, (warning) => warnings.add(warning)).begin();
}

// A page whose layout left out all that we load has this script alone, to say so.
const alone = document.querySelector<HTMLElement>("script[data-wirebird-warnings]");
if (alone) {
  new Warnings().replaceAll(alone.dataset.wirebirdWarnings);
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

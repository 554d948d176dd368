// The browser side of a Wirebird page: reads what the server wrote into it, imports the page's
// modules, and connects Phoenix LiveView's own client.

import { Socket } from "phoenix";
import { LiveSocket, ViewHook, createHook, getFileURLForUpload, isUsedInput } from "phoenix_live_view";
import type { LiveSocketOptions } from "phoenix_live_view";
import { keepEarlyInput } from "./early_input";
import { FALLBACK_MS, returnToWebSockets } from "./fallback";
import { holdFormsForTheirFiles } from "./form_files";
import { LargeForms } from "./large_forms";
import { takeNoLateAnswers } from "./late_answers";
import { returnWhenThePageStays } from "./leaving";
import { followLinks } from "./links";
import { collect, failures, importModule, loadModules, mergeParams } from "./modules";
import type { Collected, Params } from "./modules";
import { meta, readPage } from "./page";
import type { Page } from "./page";
import { followPatches } from "./patches";
import { pauseWhenUnused } from "./pausing";
import { followPageLoading } from "./progress";
import { Reconnecting } from "./reconnecting";
import { Returning } from "./returning";
import { releaseScrolling } from "./scrolling";
import { answerServerEvents } from "./server_events";
import { S3 } from "./uploaders/s3";
import { S3Multipart } from "./uploaders/s3_multipart";
import { followThemeSwitches } from "./theme";
import { followWindowFocus } from "./window_focus";
import { offerWirePane } from "./wire";

export { LiveSocket, Socket, ViewHook, createHook, getFileURLForUpload, isUsedInput };
export type { EncodedJS, Hook, HookInterface, HooksOptions, LiveSocketOptions } from "phoenix_live_view";

/** What a page's scripts find as `window.wirebird`. */
export interface Wirebird {
  /** Set once the page's modules are loaded; wait for `ready` to be sure. */
  liveSocket?: LiveSocket;
  ready: Promise<LiveSocket>;
  /** Opens the wire pane, where the server offers it. */
  showWirePane?: () => Promise<void>;
  Socket: typeof Socket;
  ViewHook: typeof ViewHook;
  createHook: typeof createHook;
  getFileURLForUpload: typeof getFileURLForUpload;
  isUsedInput: typeof isUsedInput;
}

declare global {
  interface Window {
    liveSocket?: LiveSocket;
    wirebird?: Wirebird;
  }
}

/** The options for LiveSocket: the page's, then the modules', which win. */
export function socketOptions(page: Page, modules: Collected, token: () => string | null): Partial<LiveSocketOptions> {
  const optionParams = modules.options.params as Params | undefined;
  return {
    longPollFallbackMs: FALLBACK_MS,
    ...page.config,
    ...modules.options,
    uploaders: { S3, S3Multipart, ...modules.options.uploaders },
    hooks: { ...modules.options.hooks, ...modules.hooks },
    params: mergeParams([
      (page.config.params ?? {}) as Params,
      optionParams ?? {},
      ...modules.params,
      () => csrf(token()),
      (el?: HTMLElement) => nonce(el),
    ]),
  };
}

function csrf(token: string | null): Record<string, string> {
  return token === null ? {} : { _csrf_token: token };
}

// For the joins alone: what the socket's address carries is in the logs of servers.
function nonce(el?: HTMLElement): Record<string, string> {
  const found = el && document.querySelector<HTMLScriptElement>("head script[nonce]")?.nonce;
  return found ? { _nonce: found } : {};
}

async function start(): Promise<LiveSocket> {
  const page = readPage();
  followPageLoading();
  followLinks();
  followThemeSwitches();
  holdFormsForTheirFiles();
  const modules = collect(await loadModules(page.modules));
  const options = socketOptions(page, modules, () => meta("csrf-token"));
  const largeForms = new LargeForms(page.frameSize);
  const prefix = options.bindingPrefix;
  const returning = new Returning(prefix);
  options.dom = followPatches(releaseScrolling(options.dom), prefix);
  options.dom = returning.dom(largeForms.dom(keepEarlyInput(options.dom, prefix)));
  options.params = mergeParams([options.params as Params, (el) => returning.params(el), takeNoLateAnswers]);
  const reconnecting = new Reconnecting();
  options.reconnectAfterMs ??= page.dev ? (tries: number) => Math.min(100 * tries, 500) : reconnecting.after;
  returning.follow(() => liveSocket.getSocket()); // before the socket itself looks for it
  const liveSocket = new LiveSocket(page.socketPath, Socket, options);
  reconnecting.follow(liveSocket.getSocket());
  returnToWebSockets(liveSocket.getSocket());
  answerServerEvents(liveSocket);
  largeForms.follow(liveSocket);
  followWindowFocus(liveSocket, prefix);
  returnWhenThePageStays(liveSocket, () => returning.forget(), prefix);
  pauseWhenUnused(liveSocket, prefix);
  if (!liveSocket.isDebugEnabled()) {
    // LiveView turns its log on by itself on localhost. Here it waits for liveSocket.enableDebug(),
    // which is remembered for the tab.
    liveSocket.disableDebug();
  }
  window.liveSocket = liveSocket;
  if (window.wirebird) {
    window.wirebird.liveSocket = liveSocket;
  }
  if (page.wirePane && window.wirebird) {
    window.wirebird.showWirePane = await offerWirePane(liveSocket, page.wirePane, page.dev);
  }
  if (page.development) {
    await followDevelopment(page.development, liveSocket);
  }
  liveSocket.connect();
  return liveSocket;
}

async function followDevelopment(source: string, liveSocket: LiveSocket): Promise<void> {
  try {
    const { follow } = await importModule(source);
    (follow as (liveSocket: LiveSocket, failed: typeof failures) => void)(liveSocket, failures);
  } catch (error) {
    console.error("wirebird: the page does not show errors and warnings.", error);
  }
}

// There before the page's modules run, so that they can extend ViewHook.
const helpers = { Socket, ViewHook, createHook, getFileURLForUpload, isUsedInput };
window.wirebird = { ...helpers, ready: Promise.resolve().then(start) };

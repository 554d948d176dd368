// A page that nobody sees or uses gives back what it takes of the server, if its views may be paused: the
// server stores them, and the page closes its line. It is back when it is shown or used again, and what
// somebody does meanwhile waits for that.

import type { LiveSocket } from "phoenix_live_view";
import { HeldActs } from "./held_acts";

const TOPIC = "wirebird";
const RETRY_MS = 1000;
const USES = ["pointerdown", "pointermove", "touchstart", "wheel", "scroll", "keydown", "input", "focus"];

interface Message {
  topic: string;
  ref: string | null;
  payload: { status?: string };
}

/** What a view that may be paused tells its page when it joins. */
interface Pausable {
  /** After how many seconds out of sight, or without use, the page asks for it. */
  after: number;
}

/** What LiveSocket has for itself. */
interface Shown {
  main: { displayError(): void } | null;
}

export function pauseWhenUnused(liveSocket: LiveSocket, prefix = "phx-"): void {
  const socket = liveSocket.getSocket();
  let after: number | null = null;
  let timer: number | undefined;
  let asked: string | null = null;
  let state: "here" | "asking" | "closing" | "paused" = "here";
  let usedAt = 0;
  let isUsed = false; // since the page has asked

  const wait = () => {
    window.clearTimeout(timer);
    if (after !== null && state === "here") {
      timer = window.setTimeout(ask, Math.max(usedAt + after * 1000 - Date.now(), 0));
    }
  };
  const use = () => {
    usedAt = Date.now();
    isUsed = true;
  };
  const ask = () => {
    // While files are on their way, the page is in use.
    if (!socket.isConnected() || document.querySelector("[data-phx-active-refs]:not([data-phx-active-refs=''])")) {
      use();
    }
    if (usedAt + (after ?? 0) * 1000 > Date.now()) {
      return wait();
    }
    state = "asking";
    isUsed = false;
    asked = socket.makeRef();
    held.begin();
    socket.push({ topic: TOPIC, event: "pause", payload: { visible: !document.hidden }, ref: asked });
  };
  const comeBack = () => {
    use();
    if (state === "paused") {
      state = "here";
      liveSocket.connect();
    }
  };
  const held = new HeldActs(prefix, comeBack);

  socket.onMessage((message) => {
    const { topic, ref, payload } = message as Message;
    if (topic !== TOPIC || ref !== asked || state !== "asking") {
      if (!document.hidden && topic.startsWith("lv:")) {
        use(); // somebody may look at what it brings
      }
      return;
    }
    if (payload.status !== "ok") {
      state = "here";
      usedAt = Date.now() + RETRY_MS;
      held.end();
      return wait();
    }
    state = "closing";
    const resume = withoutErrors(liveSocket);
    liveSocket.disconnect(() => {
      resume();
      state = "paused";
      if (isUsed) {
        comeBack();
      }
    });
  });
  socket.onClose(() => {
    if (state === "asking") {
      state = "here";
    }
  });
  window.addEventListener("phx:wirebird:pause", (event) => {
    ({ after } = (event as CustomEvent<Pausable>).detail);
    usedAt = Date.now();
    wait();
  });
  window.addEventListener("phx:page-loading-stop", () => {
    if (held.isHolding && state === "here") {
      held.end();
    }
  });
  USES.forEach((type) => {
    window.addEventListener(type, (event) => isMade(event) && comeBack(), { capture: true, passive: true });
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) {
      return comeBack();
    }
    usedAt = Date.now();
    wait();
  });
}

/** Whether somebody has made an event, not what moved under a pointer that rests. */
function isMade(event: Event): boolean {
  return event.type !== "pointermove" || (event as PointerEvent).movementX !== 0 || (event as PointerEvent).movementY !== 0;
}

/** Lets views lose their line without showing that; returns what ends it. */
function withoutErrors(liveSocket: LiveSocket): () => void {
  const { main } = liveSocket as unknown as Shown;
  if (main === null) {
    return () => {};
  }
  const views = Object.getPrototypeOf(main) as NonNullable<Shown["main"]>;
  const { displayError } = views;
  views.displayError = () => {};
  return () => {
    views.displayError = displayError;
  };
}

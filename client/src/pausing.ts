// A page that nobody sees gives back what it takes of the server, if its views may be paused: the
// server stores them, and the page closes its line. It is back when it is shown or used again, and what
// somebody does meanwhile waits for that.

import type { LiveSocket } from "phoenix_live_view";
import { HeldActs } from "./held_acts";

const TOPIC = "wirebird";

interface Message {
  topic: string;
  ref: string | null;
  payload: { status?: string };
}

/** What a view that may be paused tells its page when it joins. */
interface Pausable {
  /** After how many seconds out of sight the page asks for it. */
  after: number;
}

export function pauseWhenHidden(liveSocket: LiveSocket, prefix = "phx-"): void {
  const socket = liveSocket.getSocket();
  let after: number | null = null;
  let timer: number | undefined;
  let asked: string | null = null;
  let isPaused = false;

  const wait = () => {
    window.clearTimeout(timer);
    if (after !== null && document.hidden && !isPaused) {
      timer = window.setTimeout(ask, after * 1000);
    }
  };
  const ask = () => {
    // While files are on their way, the page is in use.
    if (!socket.isConnected() || document.querySelector("[data-phx-active-refs]:not([data-phx-active-refs=''])")) {
      return wait();
    }
    asked = socket.makeRef();
    held.begin();
    socket.push({ topic: TOPIC, event: "pause", payload: {}, ref: asked });
  };
  const comeBack = () => {
    window.clearTimeout(timer);
    if (isPaused) {
      isPaused = false;
      liveSocket.connect();
    }
  };
  const held = new HeldActs(prefix, comeBack);

  socket.onMessage((message) => {
    const { topic, ref, payload } = message as Message;
    if (topic !== TOPIC || ref !== asked || asked === null) {
      return;
    }
    asked = null;
    if (payload.status !== "ok") {
      held.end();
      return wait();
    }
    isPaused = true;
    liveSocket.disconnect(() => document.hidden || comeBack());
  });
  socket.onClose(() => {
    asked = null;
  });
  window.addEventListener("phx:wirebird:pause", (event) => {
    ({ after } = (event as CustomEvent<Pausable>).detail);
    wait();
  });
  window.addEventListener("phx:page-loading-stop", () => {
    if (held.isHolding && !isPaused && asked === null) {
      held.end();
    }
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? wait() : comeBack()));
}

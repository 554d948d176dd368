// Where a proxy lets no WebSocket through, Phoenix's client polls, and remembers it for the tab. A page
// whose server was away for a moment is no such place: when its polls fail or end, it tries again as it
// began.

import type { Socket } from "phoenix";

/** How long a WebSocket may take before the page polls, unless `longPollFallbackMs` says otherwise. */
export const FALLBACK_MS = 2500;

/** What the socket has for itself. */
interface Transports {
  transport: unknown;
  getSession(key: string): string | null | undefined;
}

export function returnToWebSockets(socket: Socket): void {
  const inner = socket as unknown as Transports;
  const first = inner.transport;
  socket.onClose(() => {
    if (!inner.getSession("phx:fallback:LongPoll")) {
      inner.transport = first;
    }
  });
}

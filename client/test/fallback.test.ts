import assert from "node:assert/strict";
import { test } from "node:test";
import { returnToWebSockets } from "../src/fallback";

function lost(remembered: string | null): string {
  let closed = () => {};
  const socket = {
    transport: "WebSocket",
    getSession: (key: string) => (key === "phx:fallback:LongPoll" ? remembered : null),
    onClose: (callback: () => void) => (closed = callback),
  };
  returnToWebSockets(socket as never);
  socket.transport = "LongPoll";
  closed();
  return socket.transport;
}

test("a page that polls because its server was away tries a WebSocket again", () => {
  assert.equal(lost(null), "WebSocket");
});

test("a page that polls because no WebSocket ever opened goes on polling", () => {
  assert.equal(lost("true"), "LongPoll");
});

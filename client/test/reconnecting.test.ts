import assert from "node:assert/strict";
import { test } from "node:test";
import { Reconnecting } from "../src/reconnecting";

/** The same choice each time: `part` of what is left to chance. */
function always(part: number): Reconnecting {
  return new Reconnecting(() => part);
}

test("the first try comes at some time within a tenth of a second", () => {
  assert.equal(always(0).after(1), 0);
  assert.equal(always(0.999).after(1), 100);
});

test("each further try waits longer, from half of its step to all of it", () => {
  const earliest = [2, 5, 9, 10, 50].map((tries) => always(0).after(tries));
  const latest = [2, 5, 9, 10, 50].map((tries) => always(1).after(tries));
  assert.deepEqual(earliest, [75, 150, 1000, 2500, 2500]);
  assert.deepEqual(latest, [150, 300, 2000, 5000, 5000]);
});

test("a server that stops says over how long its pages come back", () => {
  const reconnecting = always(0.5);
  reconnecting.heed("spread=4000");
  assert.equal(reconnecting.after(1), 2000);
  assert.equal(reconnecting.after(2), 113);
});

for (const reason of [undefined, "", "spread=", "spread=-1", "spread=1e9", "restart"]) {
  test(`a close with the reason ${reason} asks for nothing`, () => {
    const reconnecting = always(1);
    reconnecting.heed("spread=4000");
    reconnecting.heed(reason);
    assert.equal(reconnecting.after(1), 100);
  });
}

test("no server keeps its pages away for longer than half a minute", () => {
  const reconnecting = always(1);
  reconnecting.heed("spread=999999");
  assert.equal(reconnecting.after(1), 30_000);
});

test("the reason is heard before the socket asks how long to wait", () => {
  const reconnecting = always(1);
  let opened = () => {};
  let closed = (_: unknown) => {};
  const line = {
    addEventListener: (_: string, listener: typeof closed, options: { capture: boolean }) => {
      assert.equal(options.capture, true); // else it comes after the socket's own
      closed = listener;
    },
  };
  reconnecting.follow({ conn: line, onOpen: (callback: () => void) => (opened = callback) } as never);
  opened();
  closed({ reason: "spread=700" });
  assert.equal(reconnecting.after(1), 700);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { readPage } from "../src/page";

function tags(content: Record<string, string>): (name: string) => string | null {
  return (name) => content[name] ?? null;
}

test("a page without tags connects to /live with nothing of its own", () => {
  assert.deepEqual(readPage(tags({})), { socketPath: "/live", config: {}, modules: [], frameSize: Infinity, dev: false, development: null, wirePane: null });
});

test("every tag is read", () => {
  const page = readPage(
    tags({
      "wirebird-socket": "/admin/live",
      "wirebird-config": '{"longPollFallbackMs": 2500}',
      "wirebird-modules": '["/static/app.js"]',
      "wirebird-frame-size": "1000",
      "wirebird-dev": "/_wirebird/development.js",
      "wirebird-wire-pane": "/_wirebird/wire_pane.js",
    }),
  );
  assert.deepEqual(page, {
    socketPath: "/admin/live",
    config: { longPollFallbackMs: 2500 },
    modules: ["/static/app.js"],
    frameSize: 1000,
    dev: true,
    development: "/_wirebird/development.js",
    wirePane: "/_wirebird/wire_pane.js",
  });
});

for (const text of ["{", "[]", "null", "3"]) {
  test(`a config of ${text} is reported and left out`, (t) => {
    const error = t.mock.method(console, "error", () => {});
    assert.deepEqual(readPage(tags({ "wirebird-config": text })).config, {});
    assert.match(String(error.mock.calls[0]?.arguments[0]), /wirebird-config.*must hold a JSON object/);
  });
}

test("modules that are not a list of addresses are reported and left out", (t) => {
  const error = t.mock.method(console, "error", () => {});
  assert.deepEqual(readPage(tags({ "wirebird-modules": '["/a.js", 1]' })).modules, []);
  assert.match(String(error.mock.calls[0]?.arguments[0]), /wirebird-modules.*a JSON list of addresses/);
});

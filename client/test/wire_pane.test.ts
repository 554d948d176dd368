import assert from "node:assert/strict";
import { test } from "node:test";
import { changesOf, showing } from "../src/wire_pane/changes";
import { bytes, diffIn, milliseconds, nameReceived, nameSent, outcomeOf, shown, sizeOf } from "../src/wire_pane/naming";
import { lineOf } from "../src/wire_pane/recorder";
import { treeOf } from "../src/wire_pane/tree";
import type { Node } from "../src/wire_pane/tree";

const sent = (event: string, payload: object, topic = "lv:phx-1") => nameSent({ topic, event, payload }).words;
const received = (event: string, payload: object) => nameReceived({ topic: "lv:phx-1", event, payload }).words;

test("what the page sends has a name", () => {
  assert.equal(sent("event", { type: "click", event: "increment", value: {} }), "event `increment`");
  assert.equal(sent("event", { type: "form", event: "check", cid: 3 }), "event `check` (form) of component 3");
  assert.equal(sent("live_patch", { url: "http://a.example/x?y=1" }), "patch to `/x?y=1`");
  assert.equal(sent("phx_join", { url: "http://a.example/x", params: { _mounts: 0 } }), "view joins at `/x`");
  assert.equal(sent("phx_join", { params: { _mounts: 2 } }), "nested view joins again");
  assert.equal(sent("phx_join", {}, "lvu:0"), "upload begins");
  assert.equal(sent("allow_upload", { entries: [{ name: "a.png" }, { name: "b.png" }] }), "upload of `a.png` and `b.png`");
  assert.equal(sent("progress", { progress: 45 }), "upload at 45%");
  assert.equal(sent("cids_destroyed", { cids: [3, 4] }), "components 3, 4 gone from the page");
  assert.equal(sent("heartbeat", {}, "phoenix"), "heartbeat");
  assert.equal(sent("anything", {}), "`anything`");
});

test("what the server sends unasked has a name", () => {
  assert.equal(received("diff", { 0: "5" }), "diff from the server");
  assert.equal(received("diff", { e: [["saved", {}]] }), "server pushes `saved`");
  assert.equal(received("diff", { 0: "5", e: [["saved", {}], ["wirebird:mark", {}]] }), "diff from the server, pushes `saved`");
  assert.equal(received("live_redirect", { to: "/next" }), "server navigates to `/next`");
  assert.equal(received("phx_error", {}), "view crashed");
});

test("an answer says what it brought besides a diff", () => {
  const answer = (response: object, status = "ok") => outcomeOf({ status, response });
  assert.equal(answer({ diff: { 0: "5" } }), "");
  assert.equal(answer({ diff: { r: { error: "no handler", refused: true } } }), "refused: no handler");
  assert.equal(answer({ reason: "stale" }, "error"), "refused: stale");
  assert.equal(answer({ diff: { e: [["saved", 1]] }, live_patch: { to: "/x" } }), "pushes `saved`, patches to `/x`");
});

test("a diff is found in an answer, in that to a join, and where nobody asked", () => {
  const of = (event: string, payload: object) => diffIn({ topic: "", event, payload });
  assert.deepEqual(of("phx_reply", { response: { diff: { 0: "a" } } }), { 0: "a" });
  assert.deepEqual(of("phx_reply", { response: { rendered: { s: ["a"] } } }), { s: ["a"] });
  assert.deepEqual(of("diff", { 1: "b" }), { 1: "b" });
  assert.equal(of("phx_reply", { response: {} }), null);
});

test("sizes are those of UTF-8, and figures are readable", () => {
  assert.equal(sizeOf({ 0: "€" }), 11);
  assert.deepEqual([1, 46, 1024, 20480, 3 * 1024 * 1024].map(bytes), ["1 byte", "46 bytes", "1.0 KiB", "20 KiB", "3.0 MiB"]);
  assert.deepEqual([0.21, 3.14, 140.2, 2500].map(milliseconds), ["0.2 ms", "3.1 ms", "140 ms", "2.5 s"]);
});

test("a line tells the frame, its diff and its times", () => {
  const entry = { words: "event `increment`", diffSize: 46, roundTrip: 3.12, server: 0.2 };
  assert.equal(lineOf(entry as never), "event `increment`, diff 46 bytes, 3.1 ms round trip, of which server 0.2 ms");
  assert.equal(lineOf({ ...entry, diffSize: null, server: null } as never), "event `increment`, 3.1 ms round trip");
});

test("forms are taken apart, and nothing secret is shown", () => {
  const form = { type: "form", event: "save", value: "name=Ann&password=hunter2&tag=a&tag=b" };
  assert.deepEqual(shown(form), {
    type: "form",
    event: "save",
    value: { name: "Ann", password: "(7 characters)", tag: ["a", "b"] },
  });
  const join = { url: "/", session: "abc", static: "abcd", params: { _csrf_token: "abcde", _mounts: 0 } };
  assert.deepEqual(shown(join), {
    url: "/",
    session: "(3 characters)",
    static: "(4 characters)",
    params: { _csrf_token: "(5 characters)", _mounts: 0 },
  });
});

function lines(nodes: Node[], indent = ""): string[] {
  return nodes.flatMap(({ label, value, children }) => [
    `${indent}${label}${value === undefined ? "" : `: ${value}`}`,
    ...lines(children, `${indent}  `),
  ]);
}

test("a diff is a tree of words", () => {
  const diff = {
    0: "5",
    1: { 0: "yes", s: ["<b>", "</b>"], r: 1 },
    2: 7,
    3: { k: { 0: { 0: "a" }, 1: 0, 2: [1, { 0: "b" }], kc: 3 } },
    4: { stream: ["0", [["row-1", -1, null, false]], ["row-2"], false], k: { kc: 0 } },
    c: { 7: { 0: "in it" } },
    e: [["saved", { id: 1 }]],
    r: { total: 2 },
    t: "Title",
  };
  assert.deepEqual(lines(treeOf(diff)), [
    "value 0: 5",
    "value 1",
    "  value 0: yes",
    "  markup: new, 14 bytes",
    "value 2: component 7",
    "value 3",
    "  rows: 3 in all",
    "    row 0",
    "      value 0: a",
    "    row 1: was row 0",
    "    row 2: was row 1",
    "      value 0: b",
    "value 4",
    "  stream",
    "    insert row-1: at the end",
    "    delete row-2: ",
    "  rows: 0 in all",
    "component 7",
    "  value 0: in it",
    "event saved: {\"id\":1}",
    "reply: {\"total\":2}",
    "title: Title",
  ]);
});

test("a value is beside the elements that show it", () => {
  const changes = [{ name: "h1", text: "Count is 5 " }, { name: "p", text: "a < b " }] as never[];
  const names = (value: string) => showing(changes, value).map(({ name }) => name);
  assert.deepEqual(names("5"), ["h1"]);
  assert.deepEqual(names("a &lt; b"), ["p"]);
  assert.deepEqual(names("<b>5</b>"), ["h1"]);
  assert.deepEqual([names(""), names("7")], [[], []]);
});

test("what the client itself marks while it waits is no change", () => {
  const element = {
    localName: "button", id: "b", isConnected: true,
    getAttribute: (name: string) => (name === "class" ? "big" : "1"),
  };
  const record = (attributeName: string, oldValue: string) => ({ type: "attributes", target: element, attributeName, oldValue, addedNodes: [], removedNodes: [] });
  const of = (...records: object[]) => changesOf(records as never).map(({ name, what }) => [name, ...what]);
  assert.deepEqual(of(record("data-phx-ref-src", "1"), record("class", "big phx-click-loading phx-connected")), []);
  assert.deepEqual(of(record("class", "small"), record("disabled", "")), [["button#b", "class", "disabled"]]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { ViewHook } from "phoenix_live_view";
import { collect, isHook, loadModules, mergeParams } from "../src/modules";

const element = {} as HTMLElement;

function complaints(t: TestContext): string[] {
  const messages: string[] = [];
  t.mock.method(console, "error", (message: string) => messages.push(message));
  return messages;
}

test("hooks come from `hooks`, from the default export and from named exports", () => {
  class Chart extends ViewHook {}
  const [a, b, c] = [{ mounted() {} }, { updated() {} }, { destroyed() {} }];
  const { hooks } = collect([
    { source: "/a.js", exports: { hooks: { A: a } } },
    { source: "/b.js", exports: { default: { B: b }, C: c, Chart } },
  ]);
  assert.deepEqual(hooks, { A: a, B: b, C: c, Chart });
});

test("an export that is no hook is left alone", () => {
  const { hooks } = collect([
    { source: "/a.js", exports: { version: "1", helper() {}, settings: { mounted: true }, Other: class {} } },
  ]);
  assert.deepEqual(hooks, {});
});

test("a hook's name in two modules is reported with both, and the later one counts", (t) => {
  const messages = complaints(t);
  const later = { mounted() {} };
  const { hooks } = collect([
    { source: "/a.js", exports: { Chart: { mounted() {} } } },
    { source: "/b.js", exports: { Chart: later } },
  ]);
  assert.equal(hooks.Chart, later);
  assert.equal(messages.length, 1);
  assert.match(messages[0] ?? "", /"Chart" is in \/a\.js and in \/b\.js/);
});

test("one hook exported twice by one module is no clash", (t) => {
  const messages = complaints(t);
  const Chart = { mounted() {} };
  collect([{ source: "/a.js", exports: { Chart, hooks: { Chart }, default: { Chart } } }]);
  assert.deepEqual(messages, []);
});

test("a default export that is itself a hook is reported, since it has no name", (t) => {
  const messages = complaints(t);
  const { hooks } = collect([{ source: "/a.js", exports: { default: { mounted() {} } } }]);
  assert.deepEqual(hooks, {});
  assert.match(messages[0] ?? "", /default export of \/a\.js is a hook without a name/);
});

test("uploaders, dom, metadata and options reach LiveSocket", () => {
  const [S3, onPatchEnd, click] = [() => {}, () => {}, () => ({})];
  const { options } = collect([
    { source: "/a.js", exports: { uploaders: { S3 }, options: { maxReloads: 3 } } },
    { source: "/b.js", exports: { dom: { onPatchEnd }, metadata: { click } } },
  ]);
  assert.deepEqual(options, { uploaders: { S3 }, dom: { onPatchEnd }, metadata: { click }, maxReloads: 3 });
});

test("params of objects and functions are merged, and later ones win", () => {
  const { params } = collect([
    { source: "/a.js", exports: { params: { zone: "UTC", theme: "light" } } },
    { source: "/b.js", exports: { params: (el: HTMLElement) => ({ theme: "dark", here: el === element }) } },
  ]);
  assert.deepEqual(mergeParams(params)(element), { zone: "UTC", theme: "dark", here: true });
});

test("a module that cannot be loaded is reported and the others stay, in order", async (t) => {
  const messages = complaints(t);
  const modules = await loadModules(["/a.js", "/broken.js", "/c.js"], (source) =>
    source === "/broken.js" ? Promise.reject(new Error("404")) : Promise.resolve({ source }),
  );
  assert.deepEqual(modules.map((module) => module.source), ["/a.js", "/c.js"]);
  assert.match(messages[0] ?? "", /\/broken\.js could not be loaded/);
});

test("a class is a hook only when it extends ViewHook", () => {
  assert.equal(isHook(class extends ViewHook {}), true);
  assert.equal(isHook(class {}), false);
});

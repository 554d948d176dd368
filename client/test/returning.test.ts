import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Returning } from "../src/returning";

/** An element as far as this is about one: an id, an attribute, what is in it, what LiveView keeps at it. */
class FakeElement {
  phxPrivate: { view?: { joinCount: number }; destroyed?: boolean } | undefined;

  constructor(
    readonly id: string,
    private update: string | null = null,
    private readonly within: Record<string, FakeElement[]> = {},
  ) {}

  getAttribute(): string | null {
    return this.update;
  }

  setAttribute(name: string, value: string): void {
    assert.equal(name, "phx-update");
    this.update = value;
  }

  querySelectorAll(selector: string): FakeElement[] {
    return this.within[selector] ?? [];
  }
}

function joined(id: string, joinCount = 1): FakeElement {
  const el = new FakeElement(id);
  el.phxPrivate = { view: { joinCount } };
  return el;
}

function told(name: string, detail: object): void {
  window.dispatchEvent(new CustomEvent(`phx:wirebird:${name}`, { detail }));
}

function mark(returning: Returning, el?: FakeElement): object {
  const { _load, ...params } = returning.params(el as never);
  return params;
}

beforeEach(() => {
  Object.assign(globalThis, { window: new EventTarget() });
});

test("a page that has sent its visitor away is another one when it stays", () => {
  const returning = new Returning();
  told("mark", { view: "a", mark: "p.1.2" });
  const before = returning.params(joined("a") as never);
  assert.deepEqual(returning.params(joined("a") as never), before);
  returning.forget();
  const { _mark, _load } = returning.params(joined("a") as never);
  assert.equal(_mark, "");
  assert.notEqual(_load, before._load);
});

test("the socket itself has no mark", () => {
  assert.deepEqual(mark(new Returning()), {});
});

test("a view that has not joined says that it was shown nothing", () => {
  const returning = new Returning();
  told("mark", { view: "a", mark: "p.1.2" });
  assert.deepEqual(mark(returning, new FakeElement("a")), { _mark: "" });
  assert.deepEqual(mark(returning, joined("a", 0)), { _mark: "" });
  assert.deepEqual(mark(returning, joined("b")), { _mark: "" });
});

test("a view that joins again says what it was shown last", () => {
  const returning = new Returning();
  told("mark", { view: "a", mark: "p.1.2" });
  told("mark", { view: "b", mark: "p.2.1" });
  told("mark", { view: "a", mark: "p.1.3" });
  assert.deepEqual(mark(returning, joined("a")), { _mark: "p.1.3" });
  assert.deepEqual(mark(returning, joined("b")), { _mark: "p.2.1" });
});

function pageOf(stream: FakeElement, nested: FakeElement): FakeElement {
  return new FakeElement("a", null, { "[phx-update=stream]": [stream], "[data-phx-session]": [nested] });
}

test("rows and nested views stay through the patch of a view that was kept, and only that one", () => {
  const asked: string[] = [];
  const returning = new Returning();
  const dom = returning.dom({
    onPatchStart: (el) => asked.push(`start ${el.id}`),
    onPatchEnd: (el) => asked.push(`end ${el.id}`),
  });
  const stream = new FakeElement("rows", "stream");
  const nested = joined("kid");
  nested.phxPrivate!.destroyed = true;
  const page = pageOf(stream, nested);
  told("kept", { view: "a" });
  dom.onPatchStart?.(page as never);
  assert.equal(stream.getAttribute(), "kept");
  assert.equal(nested.phxPrivate!.destroyed, undefined);
  dom.onPatchEnd?.(page as never);
  assert.equal(stream.getAttribute(), "stream");
  dom.onPatchStart?.(page as never);
  assert.equal(stream.getAttribute(), "stream");
  assert.deepEqual(asked, ["start a", "end a", "start a"]);
});

test("an element that the patch has marked anew is left as it is", () => {
  const dom = new Returning().dom();
  const stream = new FakeElement("rows", "stream");
  const page = pageOf(stream, joined("kid"));
  told("kept", { view: "a" });
  dom.onPatchStart?.(page as never);
  stream.setAttribute("phx-update", "ignore");
  dom.onPatchEnd?.(page as never);
  assert.equal(stream.getAttribute(), "ignore");
});

test("the patch of another view takes nothing", () => {
  const dom = new Returning().dom();
  const stream = new FakeElement("rows", "stream");
  told("kept", { view: "b" });
  dom.onPatchStart?.(pageOf(stream, joined("kid")) as never);
  assert.equal(stream.getAttribute(), "stream");
});

test("a page that is left says so", () => {
  const closed: unknown[][] = [];
  new Returning().follow(() => ({ disconnect: (...how: unknown[]) => closed.push(how) }) as never);
  window.dispatchEvent(new Event("pagehide"));
  assert.deepEqual(closed, [[undefined, 4001, "the page was left"]]);
});

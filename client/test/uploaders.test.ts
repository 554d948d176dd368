import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { Progress } from "../src/uploaders/progress";
import { S3 } from "../src/uploaders/s3";
import { S3Multipart, missingParts } from "../src/uploaders/s3_multipart";
import type { Meta } from "../src/uploaders/s3_multipart";
import { waitAfter } from "../src/uploaders/send";
import { FakeRequest, fakeRequests, settled } from "./fake_requests";

function entryOf<M>(size: number, meta: M) {
  const told: number[] = [];
  const errors: (string | undefined)[] = [];
  let cancel = () => {};
  return {
    told,
    errors,
    cancel: () => cancel(),
    file: Object.assign(new Blob([new Uint8Array(size)]), { name: "a.bin" }) as File,
    meta,
    progress: (percent: number) => told.push(percent),
    error: (reason?: string) => errors.push(reason),
    isCancelled: () => false,
    onCancel: (callback: () => void) => (cancel = callback),
  };
}

function parts(count: number, more: Partial<Meta> = {}): Meta {
  const numbers = Array.from({ length: count }, (_, index) => `${index + 1}`);
  return {
    part_size: 10,
    concurrency: 2,
    url: ["/k?part=", ""],
    parts: Object.fromEntries(numbers.map((number) => [number, number])),
    ...more,
  };
}

function viewErrors() {
  const callbacks: (() => void)[] = [];
  return { onViewError: (callback: () => void) => void callbacks.push(callback), lose: () => callbacks.forEach((each) => each()) };
}

const never = () => {};
const line = { isConnected: () => true };

function multipart(entries: ReturnType<typeof entryOf<Meta>>[], onViewError: (callback: () => void) => void = never): void {
  S3Multipart(entries, onViewError, {}, line);
}

function silence(t: TestContext): void {
  t.mock.method(console, "error", () => {});
}

function open(): string[] {
  return FakeRequest.open.map(({ url }) => url);
}

function request(url: string): FakeRequest {
  const found = FakeRequest.open.find((each) => each.url === url);
  assert.ok(found, `no request for ${url} is open`);
  return found;
}

test("progress never falls, and is 100 only when everything is stored", () => {
  const told: number[] = [];
  const progress = new Progress(200, 0, (percent) => told.push(percent));
  progress.sent(1, 100);
  progress.sent(2, 100);
  progress.sent(1, 0);
  progress.stored(2, 100);
  progress.sent(1, 50);
  progress.stored(1, 100);
  assert.deepEqual(told, [50, 99, 100]);
});

test("progress begins with what is stored already", () => {
  const told: number[] = [];
  new Progress(200, 150, (percent) => told.push(percent));
  new Progress(200, 200, (percent) => told.push(percent));
  assert.deepEqual(told, [75, 100]);
});

test("each wait is about twice as long as the one before, up to half a minute", () => {
  const shortest = [1, 2, 3, 4, 5, 6, 7, 8].map((failures) => waitAfter(failures, () => 0));
  assert.deepEqual(shortest, [250, 500, 1000, 2000, 4000, 8000, 15000, 15000]);
  assert.equal(waitAfter(1, () => 0.5), 375);
});

test("the URL of a part is put together from what all share and what is its own", () => {
  const meta = { part_size: 10, url: ["/k?n=", "&id=x&sig=", ""], parts: { "1": "1 aa", "3": "3 cc" } };
  assert.deepEqual(missingParts(meta, 25), [
    { number: 1, url: "/k?n=1&id=x&sig=aa", start: 0, end: 10 },
    { number: 3, url: "/k?n=3&id=x&sig=cc", start: 20, end: 25 },
  ]);
  const only = { part_size: 10, url: ["/k?n=2&sig=bb"], parts: { "2": "" } };
  assert.deepEqual(missingParts(only, 15), [{ number: 2, url: "/k?n=2&sig=bb", start: 10, end: 15 }]);
});

test("a file is put whole, with its headers", async (t) => {
  fakeRequests(t);
  const entry = entryOf(5, { url: "/k", headers: { "content-type": "a/b" } });
  S3([entry], never);
  const put = request("/k");
  assert.deepEqual([put.method, put.headers, put.body], ["PUT", { "content-type": "a/b" }, entry.file]);
  put.sent(5);
  assert.deepEqual(entry.told, [99]);
  put.answer(200);
  await settled();
  assert.deepEqual(entry.told, [99, 100]);
});

test("a form has the file as its last field", async (t) => {
  fakeRequests(t);
  const entry = entryOf(5, { url: "/bucket", fields: { key: "k", policy: "p" } });
  S3([entry], never);
  const post = request("/bucket");
  assert.equal(post.method, "POST");
  assert.deepEqual([...(post.body as FormData).keys()], ["key", "policy", "file"]);
});

test("so many parts are sent at a time as the server says", async (t) => {
  fakeRequests(t);
  const entry = entryOf(45, parts(5));
  multipart([entry]);
  assert.deepEqual(open(), ["/k?part=1", "/k?part=2"]);
  request("/k?part=2").answer(200);
  await settled();
  assert.deepEqual(open(), ["/k?part=1", "/k?part=3"]);
  assert.equal((request("/k?part=1").body as Blob).size, 10);
  for (const number of [1, 3, 4, 5]) {
    request(`/k?part=${number}`).answer(200);
    await settled();
  }
  assert.deepEqual(entry.told, [22, 44, 66, 88, 100]);
});

test("files that are chosen together share the places", async (t) => {
  fakeRequests(t);
  multipart([entryOf(20, parts(2)), entryOf(20, parts(2, { url: ["/other?part=", ""] }))]);
  request("/k?part=1").answer(200);
  await settled();
  assert.deepEqual(open(), ["/k?part=2", "/other?part=1"]);
});

test("only what is missing is sent", async (t) => {
  fakeRequests(t);
  const entry = entryOf(30, parts(3, { parts: { "3": "3" } }));
  multipart([entry]);
  assert.deepEqual([open(), entry.told], [["/k?part=3"], [66]]);
});

test("a file of which all is there is done at once", (t) => {
  fakeRequests(t);
  const entry = entryOf(30, parts(0));
  multipart([entry]);
  assert.deepEqual([open(), entry.told], [[], [100]]);
});

test("a part that fails is sent again after a wait", async (t) => {
  fakeRequests(t);
  const entry = entryOf(10, parts(1));
  multipart([entry]);
  for (const answer of [(each: FakeRequest) => each.fail(), (each: FakeRequest) => each.answer(503)]) {
    answer(request("/k?part=1"));
    await settled();
    assert.deepEqual(open(), []);
    t.mock.timers.tick(1000);
    await settled();
  }
  request("/k?part=1").answer(200);
  await settled();
  assert.deepEqual([entry.told, entry.errors], [[100], []]);
});

test("a part that goes on failing ends its file, and only that", async (t) => {
  fakeRequests(t);
  silence(t);
  const [bad, good] = [entryOf(20, parts(2)), entryOf(10, parts(1, { url: ["/other?part=", ""] }))];
  multipart([bad, good]);
  const second = request("/k?part=2");
  for (let attempt = 1; attempt <= 8; attempt += 1) {
    request("/k?part=1").answer(500);
    await settled();
    t.mock.timers.tick(30_000);
    await settled();
  }
  assert.deepEqual([bad.errors, second.aborted], [["failed"], true]);
  request("/other?part=1").answer(200);
  await settled();
  assert.deepEqual([good.told, good.errors, open()], [[100], [], []]);
});

test("a part that is refused is not sent again", async (t) => {
  fakeRequests(t);
  silence(t);
  const entry = entryOf(20, parts(2));
  multipart([entry]);
  request("/k?part=1").answer(403);
  await settled();
  assert.deepEqual([entry.errors, open()], [["failed"], []]);
});

test("a request of which nothing leaves any more is sent again", async (t) => {
  fakeRequests(t);
  const entry = entryOf(10, parts(1));
  multipart([entry]);
  const first = request("/k?part=1");
  first.sent(3);
  t.mock.timers.tick(120_000);
  await settled();
  assert.equal(first.aborted, true);
  t.mock.timers.tick(1000);
  await settled();
  request("/k?part=1").answer(200);
  await settled();
  assert.deepEqual(entry.told, [30, 100]);
});

test("an entry that is cancelled sends nothing more, and says nothing", async (t) => {
  fakeRequests(t);
  const entry = entryOf(30, parts(3));
  multipart([entry]);
  const [first, second] = FakeRequest.open;
  entry.cancel();
  await settled();
  assert.deepEqual([first?.aborted, second?.aborted, open()], [true, true, []]);
  assert.deepEqual([entry.told, entry.errors], [[], []]);
});

test("a wait ends when the entry is cancelled", async (t) => {
  fakeRequests(t);
  const entry = entryOf(10, parts(1));
  multipart([entry]);
  request("/k?part=1").fail();
  await settled();
  entry.cancel();
  t.mock.timers.tick(30_000);
  await settled();
  assert.deepEqual([open(), entry.errors], [[], []]);
});

test("a view that loses its connection ends all sending, without an error", async (t) => {
  fakeRequests(t);
  const { onViewError, lose } = viewErrors();
  const [many, one] = [entryOf(30, parts(3)), entryOf(5, { url: "/one" })];
  multipart([many], onViewError);
  S3([one], onViewError);
  lose();
  await settled();
  assert.deepEqual([open(), many.errors, one.errors], [[], [], []]);
});

test("while the browser is offline a part waits, and no failure is counted", async (t) => {
  fakeRequests(t);
  const globals = globalThis as Record<string, unknown>;
  const network = new EventTarget();
  const status = { onLine: false };
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: status, configurable: true });
  globals.window = network;
  t.after(() => {
    delete globals.window;
    before ? Object.defineProperty(globalThis, "navigator", before) : delete globals.navigator;
  });
  const entry = entryOf(10, parts(1));
  multipart([entry]);
  for (let times = 0; times < 10; times += 1) {
    request("/k?part=1").fail();
    await settled();
    assert.deepEqual(open(), []);
    network.dispatchEvent(new Event("online"));
    await settled();
  }
  request("/k?part=1").answer(200);
  await settled();
  assert.deepEqual([entry.told, entry.errors], [[100], []]);
});

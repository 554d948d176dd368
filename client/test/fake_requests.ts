// A stand-in for XMLHttpRequest: requests wait until the test answers them.

import type { TestContext } from "node:test";

export class FakeRequest {
  static open: FakeRequest[] = [];
  readonly upload: { onprogress?: (event: { loaded: number }) => void } = {};
  readonly headers: Record<string, string> = {};
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  onloadend?: () => void;
  status = 0;
  method = "";
  url = "";
  body: unknown;
  aborted = false;

  open(method: string, url: string): void {
    [this.method, this.url] = [method, url];
  }

  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }

  send(body: unknown): void {
    this.body = body;
    FakeRequest.open.push(this);
  }

  abort(): void {
    this.aborted = true;
    this.end(() => this.onabort?.());
  }

  /** Bytes of it have left. */
  sent(loaded: number): void {
    this.upload.onprogress?.({ loaded });
  }

  answer(status: number): void {
    this.status = status;
    this.end(() => this.onload?.());
  }

  fail(): void {
    this.end(() => this.onerror?.());
  }

  private end(report: () => void): void {
    FakeRequest.open = FakeRequest.open.filter((request) => request !== this);
    report();
    this.onloadend?.();
  }
}

/** Puts the stand-in in place until the test ends, and has no timer wait. */
export function fakeRequests(t: TestContext): typeof FakeRequest {
  FakeRequest.open = [];
  const globals = globalThis as Record<string, unknown>;
  globals.XMLHttpRequest = FakeRequest;
  t.after(() => delete globals.XMLHttpRequest);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  return FakeRequest;
}

/** Lets promises that can go on do so. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await Promise.resolve();
  }
}

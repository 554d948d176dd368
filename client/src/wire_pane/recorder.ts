// Records the frames of a page as its socket encodes and decodes them, whatever carries them, and what
// each of them changed in the page.

import type { LiveSocket } from "phoenix_live_view";
import { changesOf } from "./changes";
import type { Change } from "./changes";
import { bytes, diffIn, milliseconds, nameReceived, nameSent, outcomeOf, sizeOf } from "./naming";
import type { Kind, Message } from "./naming";

type Encoded = string | ArrayBuffer;

/** A frame with its answer, or anything else that happened on the line. */
export interface Entry {
  number: number;
  at: Date;
  kind: Kind;
  words: string;
  topic: string;
  /** As they went over the line. */
  sent: Encoded | null;
  received: Encoded | null;
  /** The size of the diff, in bytes; null without one. */
  diffSize: number | null;
  /** Between the frame and its answer, and of that within the server, in milliseconds. */
  roundTrip: number | null;
  server: number | null;
  changes: Change[];
}

/** What the socket and LiveView have for themselves. */
interface Coder {
  encode(message: Message, done: (encoded: Encoded) => void): void;
  decode(encoded: Encoded, done: (message: Message) => void): void;
  onOpen(callback: () => void): void;
  onClose(callback: (event: CloseEvent | undefined) => void): void;
  conn: unknown;
  getLongPollTransport(): new (...args: never[]) => object;
}

interface Callbacks {
  onPatchStart(container: HTMLElement): void;
  onPatchEnd(container: HTMLElement): void;
}

const MOST = 300;

export class Recorder {
  entries: Entry[] = [];
  /** Of the last frame that has one. */
  roundTrip: number | null = null;
  diffSize: number | null = null;
  warnings = 0;
  private readonly waiting = new Map<string, { entry: Entry; at: number }>();
  private readonly observer = new MutationObserver(() => {});
  // What is being handled, and what is to be patched later, as during a transition.
  private current: Entry | null = null;
  private later: Entry[] = [];
  private patched = false;
  private count = 0;

  constructor(
    liveSocket: LiveSocket,
    private readonly changed: (entry: Entry | null) => void,
  ) {
    const socket = liveSocket.getSocket() as unknown as Coder;
    const { encode, decode } = socket;
    socket.encode = (message, done) =>
      encode.call(socket, message, (encoded) => {
        this.noteSent(message, encoded);
        done(encoded);
      });
    socket.decode = (encoded, done) =>
      decode.call(socket, encoded, (message) => this.noteReceived(message, encoded, () => done(message)));
    socket.onOpen(() => {
      const polls = socket.conn instanceof socket.getLongPollTransport();
      this.note("line", `connected by ${polls ? "long polling" : "WebSocket"}`);
    });
    socket.onClose((event) => {
      this.waiting.clear();
      this.note("line", `line lost${event?.code ? ` (${event.code})` : ""}`);
    });
    this.followPatches((liveSocket as unknown as { domCallbacks: Callbacks }).domCallbacks);
    this.observer.observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
      attributeOldValue: true,
    });
    window.addEventListener("wirebird:warning", (event) => {
      const { code, message, where } = (event as CustomEvent).detail ?? {};
      this.warnings += 1;
      this.note("warning", [code && `\`${code}\``, message, where && `(${where})`].filter(Boolean).join(" "));
    });
  }

  /** Forgets what was recorded. */
  clear(): void {
    this.entries = [];
    this.warnings = 0;
    this.changed(null);
  }

  private note(kind: Kind, words: string, topic = ""): Entry {
    const entry: Entry = {
      number: ++this.count,
      at: new Date(),
      kind,
      words,
      topic,
      sent: null,
      received: null,
      diffSize: null,
      roundTrip: null,
      server: null,
      changes: [],
    };
    this.entries.push(entry);
    if (this.entries.length > MOST) {
      this.entries.shift();
    }
    this.changed(entry);
    return entry;
  }

  private noteSent(message: Message, encoded: Encoded): void {
    const { kind, words } = nameSent(message);
    const entry = this.note(kind, words, message.topic);
    entry.sent = encoded;
    if (message.ref) {
      this.waiting.set(message.ref, { entry, at: performance.now() });
    }
  }

  private noteReceived(message: Message, encoded: Encoded, handle: () => void): void {
    const entry = message.event === "phx_reply" ? this.noteReply(message) : this.noteUnasked(message);
    if (entry === null) {
      handle();
      return;
    }
    entry.received = encoded;
    const diff = diffIn(message);
    if (diff !== null) {
      this.diffSize = entry.diffSize = sizeOf(diff);
    }
    this.observer.takeRecords();
    this.current = entry;
    this.patched = false;
    try {
      handle();
    } finally {
      this.current = null;
      if (diff !== null && !this.patched && Object.keys(diff).length > 0) {
        this.later.push(entry);
      }
      entry.changes.push(...changesOf(this.observer.takeRecords()));
      this.changed(entry);
    }
  }

  private noteUnasked(message: Message): Entry {
    const { kind, words } = nameReceived(message);
    return this.note(kind, words, message.topic);
  }

  private noteReply({ ref, payload }: Message): Entry | null {
    const asked = this.waiting.get(ref ?? "");
    if (asked === undefined) {
      return null;
    }
    this.waiting.delete(ref ?? "");
    const { entry, at } = asked;
    this.roundTrip = entry.roundTrip = performance.now() - at;
    entry.server = typeof payload.took === "number" ? payload.took / 1000 : null;
    const outcome = outcomeOf(payload);
    if (outcome) {
      entry.words += `, ${outcome}`;
    }
    return entry;
  }

  // A patch that waits for a transition, or for views within, is not made when its frame comes.
  private followPatches(callbacks: Callbacks): void {
    const { onPatchStart, onPatchEnd } = callbacks;
    let late: Entry | undefined;
    callbacks.onPatchStart = (container) => {
      this.patched = true;
      if (this.current === null && (late = this.later.shift())) {
        this.observer.takeRecords();
      }
      onPatchStart(container);
    };
    callbacks.onPatchEnd = (container) => {
      onPatchEnd(container);
      if (late) {
        late.changes.push(...changesOf(this.observer.takeRecords()));
        this.changed(late);
        late = undefined;
      }
    };
  }
}

/** Says in a line what an entry is. */
export function lineOf(entry: Entry): string {
  const parts = [entry.words];
  if (entry.diffSize !== null) {
    parts.push(`diff ${bytes(entry.diffSize)}`);
  }
  if (entry.roundTrip !== null) {
    const server = entry.server === null ? "" : `, of which server ${milliseconds(entry.server)}`;
    parts.push(`${milliseconds(entry.roundTrip)} round trip${server}`);
  }
  return parts.join(", ");
}

/** Returns a frame as it went over the line, read. */
export function read(encoded: Encoded | null): { event: string; payload: any } | null {
  if (typeof encoded !== "string") {
    return encoded && { event: "chunk", payload: encoded };
  }
  const [, , , event, payload] = JSON.parse(encoded);
  return { event, payload };
}

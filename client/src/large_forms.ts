// A form that is larger than the server takes is not sent: it would end the page's socket, and the view
// with it. The visitor is told which form it is, and what they typed stays until it fits.

import type { LiveSocket, LiveSocketOptions } from "phoenix_live_view";
import { fieldsOf, remember } from "./early_input";

type Callbacks = NonNullable<LiveSocketOptions["dom"]>;

/** Dispatched on the form; prevent its default to tell the visitor yourself. */
const EVENT = "wirebird:form-too-large";
const ID = "wirebird-form-too-large";

interface Message {
  topic: string;
  event: string;
  payload: { type?: string; value?: unknown } | ArrayBuffer;
  ref: string;
  join_ref: string;
}

/** What Phoenix's Socket has for itself. */
interface Sending {
  encode(message: Message, send: (data: unknown) => void): void;
  channels: { topic: string; trigger(event: string, payload: unknown, ref: string, joinRef: string): void }[];
}

export class LargeForms {
  private readonly forms = new Set<HTMLFormElement>();
  private putBack: (() => void)[] = [];

  constructor(private readonly limit: number) {}

  /** Looks at what the socket sends. */
  follow(liveSocket: LiveSocket): void {
    const socket = liveSocket.getSocket() as unknown as Sending;
    const encode = socket.encode;
    socket.encode = (message, send) =>
      encode(message, (data) => {
        if (!isForm(message)) {
          send(data);
        } else if (typeof data === "string" && this.isTooLarge(data)) {
          this.refuse(formOf(message.payload.value), data.length);
          // LiveView takes it for answered, and lets go of the form.
          const reply = { status: "ok", response: {} };
          const channel = socket.channels.find(({ topic }) => topic === message.topic);
          window.setTimeout(() => channel?.trigger("phx_reply", reply, message.ref, message.join_ref));
        } else {
          this.forget();
          send(data);
        }
      });
  }

  /** The callbacks for LiveSocket that keep what the server does not know. */
  dom(given: Partial<Callbacks> = {}): Partial<Callbacks> {
    return {
      ...given,
      onPatchStart: (container) => {
        this.putBack = [...this.forms]
          .filter((form) => container.contains(form))
          .flatMap(fieldsOf)
          .map((field) => {
            const put = remember(field);
            return () => put(field);
          });
        given.onPatchStart?.(container);
      },
      onPatchEnd: (container) => {
        this.putBack.forEach((put) => put());
        this.putBack = [];
        given.onPatchEnd?.(container);
      },
    };
  }

  private isTooLarge(data: string): boolean {
    // What forms send is ASCII, but for what scripts add.
    return data.length > this.limit || (data.length * 3 > this.limit && new TextEncoder().encode(data).length > this.limit);
  }

  private refuse(form: HTMLFormElement | null, size: number): void {
    if (form === null) {
      return;
    }
    this.forms.add(form);
    const detail = { size, limit: this.limit };
    if (form.dispatchEvent(new CustomEvent(EVENT, { bubbles: true, cancelable: true, detail }))) {
      show(form, size, this.limit);
    }
  }

  private forget(): void {
    for (const form of this.forms) {
      if (!form.isConnected || sizeOf(form) < this.limit) {
        this.forms.delete(form);
      }
    }
    if (this.forms.size === 0) {
      document.getElementById(ID)?.remove();
    }
  }
}

function isForm(message: Message): message is Message & { payload: { value: string } } {
  const { event, payload } = message;
  return event === "event" && "type" in payload && payload.type === "form" && typeof payload.value === "string";
}

/** The form on the page that is most like what was to be sent; recovery sends copies. */
function formOf(sent: string): HTMLFormElement | null {
  const distance = (form: HTMLFormElement) => Math.abs(sizeOf(form) - sent.length);
  return [...document.forms].sort((a, b) => distance(a) - distance(b))[0] ?? null;
}

function sizeOf(form: HTMLFormElement): number {
  const fields = [...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === "string");
  return new URLSearchParams(fields).toString().length;
}

function show(form: HTMLFormElement, size: number, limit: number): void {
  document.getElementById(ID)?.remove();
  const note = document.createElement("div");
  note.id = ID;
  note.setAttribute("role", "alert");
  Object.assign(note.style, {
    position: "fixed",
    inset: "auto 1rem 1rem 1rem",
    maxWidth: "40rem",
    margin: "0 auto",
    padding: "0.75rem 1rem",
    zIndex: "2147483646",
    borderRadius: "6px",
    background: "#7f1d1d",
    color: "#fff",
    font: "16px/1.4 system-ui, sans-serif",
  });
  const more = Math.max(1, Math.ceil((100 * (size - limit)) / size));
  document.body.append(note);
  // In a region that is there already it is read out.
  note.textContent =
    `${nameOf(form)} is too large to be sent, by about ${more} %. ` +
    "What you typed is still here, but not saved: please shorten it.";
}

function nameOf(form: HTMLFormElement): string {
  const labelled = form.getAttribute("aria-labelledby");
  const heading = labelled ? document.getElementById(labelled.split(" ")[0]!)?.textContent : null;
  const [largest] = fieldsOf(form).sort((a, b) => b.value.length - a.value.length);
  const label = largest?.labels?.[0]?.textContent?.trim();
  const name = (form.getAttribute("aria-label") ?? heading ?? "").trim();
  if (name && label) {
    return `The form “${name}” (“${label}”)`;
  }
  return name || label ? `The form with “${name || label}”` : "The form";
}

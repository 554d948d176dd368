// What is said of a frame in words. A name in a frame stands between backticks.

/** A message as Phoenix's client has it, before it is encoded or after it was decoded. */
export interface Message {
  join_ref?: string | null;
  ref?: string | null;
  topic: string;
  event: string;
  payload: any;
}

export type Kind = "event" | "diff" | "navigation" | "join" | "upload" | "heartbeat" | "line" | "warning" | "other";

export interface Name {
  kind: Kind;
  words: string;
}

/** Names what the page sends. */
export function nameSent({ topic, event, payload }: Message): Name {
  const upload = topic.startsWith("lvu:");
  switch (event) {
    case "event":
      return { kind: "event", words: `event \`${payload.event}\`${kindOf(payload.type)}${partOf(payload.cid)}` };
    case "live_patch":
      return { kind: "navigation", words: `patch to ${pathOf(payload.url)}` };
    case "phx_join":
      return upload ? { kind: "upload", words: "upload begins" } : { kind: "join", words: joinOf(payload) };
    case "phx_leave":
      return { kind: upload ? "upload" : "join", words: upload ? "upload ends" : "view leaves" };
    case "allow_upload":
      return { kind: "upload", words: `upload of ${filesOf(payload.entries)}` };
    case "progress":
      return { kind: "upload", words: `upload at ${payload.progress}%` };
    case "chunk":
      return { kind: "upload", words: "chunk of an upload" };
    case "cids_will_destroy":
      return { kind: "other", words: `${componentsOf(payload.cids)} to leave the page` };
    case "cids_destroyed":
      return { kind: "other", words: `${componentsOf(payload.cids)} gone from the page` };
    case "heartbeat":
      return { kind: "heartbeat", words: "heartbeat" };
    default:
      return { kind: "other", words: `\`${event}\`` };
  }
}

/** Names what the server sends unasked. */
export function nameReceived({ event, payload }: Message): Name {
  switch (event) {
    case "diff":
      return { kind: "diff", words: diffOf(payload) };
    case "live_patch":
      return { kind: "navigation", words: `server patches to ${pathOf(payload.to)}` };
    case "live_redirect":
      return { kind: "navigation", words: `server navigates to ${pathOf(payload.to)}` };
    case "redirect":
      return { kind: "navigation", words: `server redirects to ${pathOf(payload.to)}` };
    case "phx_error":
      return { kind: "join", words: "view crashed" };
    case "phx_close":
      return { kind: "join", words: "view closed" };
    default:
      return { kind: "other", words: `\`${event}\`` };
  }
}

/** Says what an answer brought besides its diff; nothing where there is nothing to say. */
export function outcomeOf(payload: any): string {
  const response = payload?.response ?? {};
  const reply = response.diff?.r;
  if (payload?.status === "error") {
    return `refused: ${response.reason ?? "error"}`;
  }
  if (reply?.refused) {
    return `refused: ${reply.error}`;
  }
  const parts = pushed(response.diff ?? response.rendered).map((name) => `pushes \`${name}\``);
  const ways = { live_patch: "patches", live_redirect: "navigates", redirect: "redirects" };
  for (const [key, verb] of Object.entries(ways)) {
    if (response[key]?.to) {
      parts.push(`${verb} to ${pathOf(response[key].to)}`);
    }
  }
  return parts.join(", ");
}

/** The diff that a frame carries, or the whole tree that an answer to a join does; null without one. */
export function diffIn({ event, payload }: Message): Record<string, any> | null {
  if (event === "phx_reply") {
    const diff = payload?.response?.diff ?? payload?.response?.rendered;
    return diff ?? null;
  }
  return event === "diff" ? payload : null;
}

/** The size of a value as JSON, in bytes. */
export function sizeOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

export function bytes(count: number): string {
  if (count < 1024) {
    return count === 1 ? "1 byte" : `${count} bytes`;
  }
  const [size, unit] = count < 1024 * 1024 ? [count / 1024, "KiB"] : [count / 1024 / 1024, "MiB"];
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}

export function milliseconds(count: number): string {
  return count < 1000 ? `${count < 100 ? count.toFixed(1) : Math.round(count)} ms` : `${(count / 1000).toFixed(1)} s`;
}

const SECRET = /^(session|static|flash)$|passw|secret|token|csrf/i;

/** A payload for people: forms taken apart, tokens and passwords left out. */
export function shown(value: unknown, key = ""): unknown {
  if (typeof value === "string" && value && SECRET.test(key)) {
    return `(${value.length} characters)`;
  }
  if (value instanceof ArrayBuffer) {
    return `(${bytes(value.byteLength)})`;
  }
  if (Array.isArray(value)) {
    return value.map((item) => shown(item, key));
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const entries = Object.entries(value as Record<string, unknown>);
  const isForm = (value as any).type === "form";
  return Object.fromEntries(
    entries.map(([name, item]) => [name, isForm && name === "value" ? shown(fields(item)) : shown(item, name)]),
  );
}

function fields(encoded: unknown): unknown {
  if (typeof encoded !== "string") {
    return encoded;
  }
  const found: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(encoded)) {
    const earlier = found[name];
    found[name] = earlier === undefined ? value : [earlier, value].flat();
  }
  return found;
}

function pushed(diff: any): string[] {
  const events: unknown[] = Array.isArray(diff?.e) ? diff.e : [];
  // What the page is told to keep for when its line is lost comes with every second frame.
  return events.map((event: any) => String(event[0])).filter((name) => !/^wirebird:(mark|kept)$/.test(name));
}

function diffOf(payload: any): string {
  const names = pushed(payload).map((name) => `\`${name}\``);
  const changes = Object.keys(payload).some((key) => key !== "e");
  if (names.length === 0) {
    return "diff from the server";
  }
  return `${changes ? "diff from the server, " : "server "}pushes ${names.join(", ")}`;
}

function joinOf(payload: any): string {
  const again = payload.params?._mounts > 0 ? " again" : "";
  const url = payload.url ?? payload.redirect;
  return url ? `view joins${again} at ${pathOf(url)}` : `nested view joins${again}`;
}

function kindOf(type: unknown): string {
  return type && type !== "click" ? ` (${type})` : "";
}

function partOf(cid: unknown): string {
  return typeof cid === "number" ? ` of component ${cid}` : "";
}

function pathOf(url: unknown): string {
  try {
    const { pathname, search } = new URL(String(url), "http://localhost");
    return `\`${pathname}${search}\``;
  } catch {
    return `\`${url}\``;
  }
}

function filesOf(entries: any): string {
  const names: string[] = (Array.isArray(entries) ? entries : []).map((entry) => `\`${entry.name}\``);
  return names.length > 2 ? `${names[0]} and ${names.length - 1} more` : names.join(" and ") || "nothing";
}

function componentsOf(cids: unknown): string {
  const list = Array.isArray(cids) ? cids : [];
  return `component${list.length === 1 ? "" : "s"} ${list.join(", ")}`;
}

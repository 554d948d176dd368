// What the server wrote into the page for the client: its <meta> tags, read and checked.

export interface Page {
  /** Where the sockets of this page connect to, mount prefix included. */
  socketPath: string;
  /** Options for LiveSocket that can be written as JSON. */
  config: Record<string, unknown>;
  /** Addresses of the modules with the page's hooks and options, in order. */
  modules: string[];
  /** The size of the largest frame that the server takes, in bytes. */
  frameSize: number;
  /** Whether the server runs in development. */
  dev: boolean;
  /** The address of what a page does in development besides. */
  development: string | null;
  /** The address of the wire pane's script, where pages may show it. */
  wirePane: string | null;
}

type Content = (name: string) => string | null;

/** The content of a <meta> tag of this document ("" when it has none); null without such a tag. */
export function meta(name: string): string | null {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? null;
}

/** Reads the page's tags; one that is not what it should be is reported and left out. */
export function readPage(content: Content = meta): Page {
  return {
    socketPath: content("wirebird-socket") || "/live",
    config: json(content, "wirebird-config", isRecord, "a JSON object") ?? {},
    modules: json(content, "wirebird-modules", isStrings, "a JSON list of addresses") ?? [],
    frameSize: Number(content("wirebird-frame-size") || Infinity),
    dev: content("wirebird-dev") !== null,
    development: content("wirebird-dev"),
    wirePane: content("wirebird-wire-pane"),
  };
}

function json<T>(
  content: Content,
  name: string,
  fits: (value: unknown) => value is T,
  expected: string,
): T | null {
  const text = content(name);
  if (!text) {
    return null;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (fits(value)) {
      return value;
    }
  } catch {
    // Reported below, like JSON of the wrong shape.
  }
  console.error(`wirebird: <meta name="${name}"> must hold ${expected}, not ${text}`);
  return null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

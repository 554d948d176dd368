// A diff as a tree of words: which value of which part of the page is new. What stands for what in a
// diff is in LiveView's rendered.js.

import { bytes, sizeOf } from "./naming";

export interface Node {
  label: string;
  /** What the page is to show; HTML, or JSON. */
  value?: string;
  /** Whether the value is for the page itself. */
  isText?: boolean;
  /** The component that this is of. */
  cid?: number;
  children: Node[];
}

/** Returns the parts of a diff, in the order in which they stand. */
export function treeOf(diff: Record<string, any>): Node[] {
  return [...partsOf(diff, true)];
}

function* partsOf(tree: Record<string, any>, isTop = false): Generator<Node> {
  for (const [key, value] of Object.entries(tree)) {
    if (key === "s") {
      yield leaf("markup", typeof value === "number" ? `as number ${value} above` : sizeOfMarkup(value));
    } else if (key === "p") {
      yield leaf("markup for many", bytes(sizeOf(value)));
    } else if (key === "k") {
      yield { label: "rows", value: countOf(value.kc), children: [...rowsOf(value)] };
    } else if (key === "stream") {
      yield { label: "stream", children: [...streamOf(value)] };
    } else if (isTop && key === "c") {
      for (const [cid, part] of Object.entries<any>(value)) {
        yield { label: `component ${cid}`, cid: Number(cid), children: [...partsOf(part)] };
      }
    } else if (isTop && key === "e") {
      for (const [name, payload] of value) {
        yield leaf(`event ${name}`, JSON.stringify(payload));
      }
    } else if (isTop && key === "t") {
      yield { label: "title", value: String(value), children: [] };
    } else if (key === "r") {
      if (isTop && typeof value === "object") {
        yield leaf("reply", JSON.stringify(value));
      }
    } else {
      yield valueOf(`value ${key}`, value);
    }
  }
}

function valueOf(label: string, value: any): Node {
  if (typeof value === "number") {
    return { label, value: `component ${value}`, cid: value, children: [] };
  }
  if (typeof value === "object" && value !== null) {
    return { label, children: [...partsOf(value)] };
  }
  return { label, value: String(value), isText: true, children: [] };
}

function* rowsOf(keyed: Record<string, any>): Generator<Node> {
  for (const [index, row] of Object.entries<any>(keyed)) {
    if (index === "kc" || index === "km") {
      continue;
    }
    const label = `row ${index}`;
    if (typeof row === "number") {
      yield leaf(label, `was row ${row}`);
    } else if (Array.isArray(row)) {
      yield { label, value: `was row ${row[0]}`, children: [...partsOf(row[1])] };
    } else {
      yield { label, children: [...partsOf(row)] };
    }
  }
}

function* streamOf([, inserts, deletes, reset]: any[]): Generator<Node> {
  if (reset) {
    yield leaf("emptied", "first");
  }
  for (const [id, at] of inserts ?? []) {
    yield leaf(`insert ${id}`, at === -1 ? "at the end" : `at ${at}`);
  }
  for (const id of deletes ?? []) {
    yield leaf(`delete ${id}`, "");
  }
}

function leaf(label: string, value: string): Node {
  return { label, value, children: [] };
}

function countOf(count: unknown): string {
  return `${count} in all`;
}

function sizeOfMarkup(parts: unknown): string {
  return `new, ${bytes(sizeOf(parts))}`;
}

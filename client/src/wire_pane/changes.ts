// What a patch changed in the page: read from the browser's own records, so that it is so whatever
// changed it.

/** An element with what became of it. */
export interface Change {
  element: WeakRef<Element>;
  /** The element, as one would say which. */
  name: string;
  what: Set<string>;
  /** What it shows now of what came. */
  text: string;
}

const MOST = 60;
const LOADING = /(^|\s)phx-(\S+-loading|connected|loading|(client-|server-)?error)(?=\s|$)/g;

/** Returns the elements that changed, in the order of the records. */
export function changesOf(records: MutationRecord[]): Change[] {
  const found = new Map<Element, Change>();
  const note = (element: Element | null, what: string, text: string) => {
    if (element === null || (found.size >= MOST && !found.has(element))) {
      return;
    }
    let change = found.get(element);
    if (change === undefined) {
      change = { element: new WeakRef(element), name: nameOf(element), what: new Set(), text: "" };
      found.set(element, change);
    }
    change.what.add(what);
    change.text += `${text} `;
  };
  const removed = new Set<Node>();
  const added = new Set<Node>();
  for (const { addedNodes, removedNodes } of records) {
    addedNodes.forEach((node) => added.add(node));
    removedNodes.forEach((node) => removed.add(node));
  }

  for (const record of records) {
    const { target, type } = record;
    if (type === "characterData") {
      note(target.parentElement, "text", target.nodeValue ?? "");
    } else if (type === "attributes") {
      const element = target as Element;
      const name = record.attributeName ?? "";
      const value = element.getAttribute(name);
      if (!isOfTheClient(name, record.oldValue, value)) {
        note(element, name, value ?? "");
      }
    } else {
      record.addedNodes.forEach((node) => {
        if (!node.isConnected) {
          return;
        }
        if (node instanceof Element) {
          note(node, removed.has(node) ? "moved" : "new", node.textContent ?? "");
        } else if (node.nodeValue?.trim()) {
          note(node.parentElement, "text", node.nodeValue);
        }
      });
      record.removedNodes.forEach((node) => {
        if (node instanceof Element && !added.has(node)) {
          note(target as Element, `${nameOf(node)} removed`, "");
        }
      });
    }
  }
  return [...found.values()].filter(({ element }) => element.deref()?.isConnected);
}

/** Returns the changes in which a value of a diff is seen. */
export function showing(changes: Change[], value: string): Change[] {
  const text = value.replace(/<[^>]*>/g, " ").trim();
  return text ? changes.filter((change) => change.text.includes(unescaped(text))) : [];
}

function unescaped(text: string): string {
  const NAMES: Record<string, string> = { lt: "<", gt: ">", amp: "&", "#34": '"', "#39": "'" };
  return text.replace(/&(lt|gt|amp|#34|#39);/g, (_, name: string) => NAMES[name] ?? "");
}

// Attributes that LiveView's client sets and takes away while it waits for an answer.
function isOfTheClient(name: string, before: string | null, now: string | null): boolean {
  const plain = (value: string | null) => (value ?? "").replace(LOADING, "").trim();
  return name.startsWith("data-phx-") || (name === "class" && plain(before) === plain(now));
}

/** What an element is called: its tag, and what tells it from others. */
export function nameOf(element: Element): string {
  const tag = element.localName;
  if (element.id) {
    return `${tag}#${element.id}`;
  }
  const named = element.getAttribute("name") ?? element.classList[0];
  return named ? `${tag}${element.hasAttribute("name") ? `[name=${named}]` : `.${named}`}` : tag;
}

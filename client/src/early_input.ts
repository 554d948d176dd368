// What somebody typed, ticked, chose or sent before the page had joined is neither lost nor unheard:
// the first patch leaves it as it is, and then the view is told as if it had been done just then.

import type { LiveSocketOptions } from "phoenix_live_view";

type Callbacks = NonNullable<LiveSocketOptions["dom"]>;
export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const VIEW = "[data-phx-session]";
/** On fields that the server filled in with what was sent before the script was there. */
const TYPED = "data-wirebird-typed";
// A button's value is not typed, and a hidden one belongs to the server.
const SILENT = new Set(["hidden", "submit", "button", "image", "reset"]);

/** Follows the page's views until each has joined; returns the callbacks that LiveSocket needs for it. */
export function keepEarlyInput(given: Partial<Callbacks> = {}, prefix = "phx-"): Partial<Callbacks> {
  const waiting = new Set<Element>(document.querySelectorAll(VIEW));
  const typed = new Set<Field>();
  const sent = new Map<HTMLFormElement, HTMLElement | null>();
  let putBack: (() => Field | null)[] = [];

  const belongsTo = (view: Element) => (el: Element) => el.isConnected && el.closest(VIEW) === view;
  const joined = new MutationObserver((changes) => {
    for (const view of new Set(changes.map(({ target }) => target as Element))) {
      if (!waiting.has(view) || !view.classList.contains("phx-connected")) {
        continue;
      }
      waiting.delete(view);
      [...typed].filter(belongsTo(view)).forEach((field) => tell(field, prefix));
      [...sent.keys()].filter(belongsTo(view)).forEach((form) => {
        const submitter = sent.get(form);
        sent.delete(form);
        form.requestSubmit(submitter?.isConnected ? submitter : null);
      });
    }
    if (waiting.size === 0) {
      joined.disconnect();
      window.removeEventListener("submit", hold, { capture: true });
    }
  });
  const hold = (event: SubmitEvent) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.hasAttribute(`${prefix}submit`)) {
      return;
    }
    const view = form.closest(VIEW);
    if (view !== null && waiting.has(view)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      sent.set(form, event.submitter);
    }
  };
  waiting.forEach((view) => joined.observe(view, { attributeFilter: ["class"] }));
  window.addEventListener("submit", hold, { capture: true });

  return {
    ...given,
    onPatchStart(container) {
      if (waiting.has(container)) {
        putBack = fieldsOf(container).filter(isTyped).map((field) => {
          const put = remember(field);
          const now = successor(field, container);
          return () => {
            const found = now();
            found && put(found);
            return found;
          };
        });
      }
      given.onPatchStart?.(container);
    },
    onPatchEnd(container) {
      for (const put of putBack) {
        const field = put();
        field && typed.add(field);
      }
      putBack = [];
      given.onPatchEnd?.(container);
    },
  };
}

/** The fields in an element. */
export function fieldsOf(container: Element): Field[] {
  return [...container.querySelectorAll<Field>("input, textarea, select")];
}

/** Whether a field holds something else than the page gave it. */
function isTyped(field: Field): boolean {
  if (SILENT.has(field.type)) {
    return false;
  }
  if (field.hasAttribute(TYPED)) {
    return true;
  }
  if (field instanceof HTMLSelectElement) {
    return isChosen(field);
  }
  if (isFiles(field)) {
    return (field.files?.length ?? 0) > 0;
  }
  if (isTick(field)) {
    return field.checked !== field.defaultChecked;
  }
  return field.value !== field.defaultValue;
}

function isTick(field: Field): field is HTMLInputElement {
  return field.type === "checkbox" || field.type === "radio";
}

function isFiles(field: Field): field is HTMLInputElement {
  return field.type === "file";
}

function isChosen(select: HTMLSelectElement): boolean {
  const options = [...select.options];
  if (select.multiple) {
    return options.some((option) => option.selected !== option.defaultSelected);
  }
  // Of several the browser takes the last, and without one the first that can be chosen.
  const given =
    options.filter((option) => option.defaultSelected).pop() ??
    (select.size > 1 ? undefined : options.find((option) => !option.disabled));
  return select.selectedIndex !== (given?.index ?? -1);
}

/** Returns what finds a field after a patch, which may have put another one in its place. */
function successor(field: Field, container: Element): () => Field | null {
  const form = field.form?.id;
  const isLike = (other: Field) =>
    other.type === field.type &&
    other.name === field.name &&
    other.form?.id === form &&
    (!isTick(other) || other.value === field.value);
  return () => {
    if (field.isConnected) {
      return field;
    }
    const found = fieldsOf(container).filter(isLike);
    return found.length === 1 ? found[0]! : null;
  };
}

/** Returns what puts a field's content into it, or into its successor, after a patch. */
export function remember(field: Field): (now: Field) => void {
  if (field instanceof HTMLSelectElement) {
    const chosen = new Set([...field.selectedOptions].map((option) => option.value));
    return (now) => {
      for (const option of (now as HTMLSelectElement).options) {
        option.selected = chosen.has(option.value);
      }
    };
  }
  if (isFiles(field)) {
    const files = [...(field.files ?? [])];
    return (now) => {
      const transfer = new DataTransfer();
      files.forEach((file) => transfer.items.add(file));
      (now as HTMLInputElement).files = transfer.files;
    };
  }
  if (isTick(field)) {
    const { checked } = field;
    return (now) => {
      (now as HTMLInputElement).checked = checked;
    };
  }
  const { value } = field;
  return (now) => {
    // The cursor would go to the end.
    if (now.value !== value) {
      now.value = value;
    }
  };
}

function tell(field: Field, prefix: string): void {
  if (field.type === "radio" && !(field as HTMLInputElement).checked) {
    return;
  }
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  if (field.getAttribute(`${prefix}debounce`) === "blur" && field !== document.activeElement) {
    field.dispatchEvent(new FocusEvent("blur"));
  }
}

// While LiveView patches the page, the browser reports that a field which leaves it lost the focus and
// was changed. Nobody did that, and the form is half old and half new: no listener hears of it. A field
// that a patch takes away and the next one brings back, as recovery does, has the focus again.

import type { LiveSocketOptions } from "phoenix_live_view";

type Callbacks = NonNullable<LiveSocketOptions["dom"]>;
type Text = HTMLInputElement | HTMLTextAreaElement;

/** Returns the callbacks that LiveSocket needs for it. */
export function followPatches(given: Partial<Callbacks> = {}, prefix = "phx-"): Partial<Callbacks> {
  let isPatching = false;
  // What had the focus and left with a patch, until the patches that belong together are done.
  let lost: { id: string; range: [number | null, number | null] | null } | null = null;
  let focused: Element | null = null;

  const mute = (event: Event) => {
    const isDebounce = (el: Element) => el.hasAttribute(`${prefix}debounce`) || el.hasAttribute(`${prefix}throttle`);
    if (!isPatching || !event.isTrusted || !(event.target instanceof Element)) {
      return;
    }
    // LiveView tells what it holds back when the field loses the focus.
    if (event.type !== "blur" || isDebounce(event.target)) {
      event.stopImmediatePropagation();
    }
  };
  ["input", "change", "blur"].forEach((type) => window.addEventListener(type, mute, { capture: true }));

  return {
    ...given,
    onPatchStart(container) {
      isPatching = true;
      // Also when the patch fails.
      queueMicrotask(() => {
        isPatching = false;
        lost = focused = null;
      });
      focused = container.contains(document.activeElement) ? document.activeElement : null;
      given.onPatchStart?.(container);
    },
    onPatchEnd(container) {
      isPatching = false;
      if (focused?.id && !focused.isConnected) {
        lost = { id: focused.id, range: rangeOf(focused) };
      }
      const back = lost && document.getElementById(lost.id);
      if (lost && back && hasNoFocus()) {
        back.focus();
        if (lost.range) {
          (back as Text).setSelectionRange(...lost.range);
        }
        lost = null;
      }
      given.onPatchEnd?.(container);
    },
  };
}

function hasNoFocus(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

// Only some types of input have one.
function rangeOf(el: Element): [number | null, number | null] | null {
  const { selectionStart, selectionEnd } = el as Text;
  return typeof selectionStart === "number" ? [selectionStart, selectionEnd] : null;
}

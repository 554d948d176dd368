// The thin bar at the top of the page while LiveView loads one. It shows only when loading takes
// long enough to be noticed, and moves only for those who do not mind motion.
//
// Style it by its id, or set --wirebird-progress to a colour.

const ID = "wirebird-progress";
const DELAY_MS = 120;
const FADE_MS = 250;

/** Follows phx:page-loading-start and phx:page-loading-stop for as long as the page lives. */
export function followPageLoading(target: EventTarget = window): void {
  let timer: number | undefined;
  let loading = 0;

  target.addEventListener("phx:page-loading-start", () => {
    loading += 1;
    timer ??= window.setTimeout(show, DELAY_MS);
  });
  target.addEventListener("phx:page-loading-stop", () => {
    loading = Math.max(0, loading - 1);
    if (loading === 0) {
      window.clearTimeout(timer);
      timer = undefined;
      hide();
    }
  });
}

function show(): void {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const bar = document.getElementById(ID) ?? document.body.appendChild(makeBar());
  bar.style.opacity = still ? "0.7" : "1";
  if (still) {
    bar.style.transition = "none";
    bar.style.transform = "none";
    return;
  }
  bar.style.transition = "none";
  bar.style.transform = "scaleX(0)";
  void bar.offsetWidth; // The browser must see the start of the transition.
  bar.style.transition = "transform 8s cubic-bezier(0.1, 0.7, 0.1, 1)";
  bar.style.transform = "scaleX(0.9)";
}

function hide(): void {
  const bar = document.getElementById(ID);
  if (bar === null) {
    return;
  }
  if (bar.style.transition === "none") {
    bar.remove();
    return;
  }
  // A bar that is leaving must not be found by the next show().
  bar.removeAttribute("id");
  bar.style.transition = `transform ${FADE_MS}ms ease-out, opacity ${FADE_MS}ms ease-in`;
  bar.style.transform = "scaleX(1)";
  bar.style.opacity = "0";
  window.setTimeout(() => bar.remove(), FADE_MS);
}

function makeBar(): HTMLElement {
  const bar = document.createElement("div");
  bar.id = ID;
  bar.setAttribute("role", "progressbar");
  // It stands outside of all landmarks, as what is announced may.
  bar.setAttribute("aria-live", "polite");
  bar.setAttribute("aria-label", "Loading");
  Object.assign(bar.style, {
    position: "fixed",
    inset: "0 0 auto 0",
    height: "3px",
    zIndex: "2147483646",
    pointerEvents: "none",
    transformOrigin: "0 50%",
    background: "var(--wirebird-progress, #2563eb)",
  });
  return bar;
}

// The panel that shows a server's error over the page in development. It lies in a shadow of its own,
// which the page's style sheets do not reach.

const ID = "wirebird-error";

export interface ServerError {
  title?: string;
  /** The error as text, for servers that have no page of it. */
  detail?: string;
  /** The error as the page of a first render shows it; the server has escaped what is in it. */
  html?: string;
  style?: string;
  /** The view whose error it is. */
  topic?: string;
  /** Whether the error is over once the page's view is joined again. */
  untilJoined?: boolean;
}

const FRAME = `
  :host { position: fixed; inset: 0; z-index: 2147483647; overflow: auto; background: #fafaf9; color: #1c1917 }
  .text { font: 13px/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; padding: 2rem }
  .text h2 { font: inherit; font-size: 16px; font-weight: 600; margin: 0 5rem 1rem 0; color: #b91c1c }
  .text pre { margin: 0; font: inherit; white-space: pre-wrap; overflow-wrap: anywhere }
  button { position: absolute; top: 1.5rem; inset-inline-end: 2rem; padding: .25rem .75rem; font: 14px system-ui;
    border: 1px solid currentColor; border-radius: 4px; background: transparent; color: inherit; cursor: pointer }
  @media (prefers-color-scheme: dark) {
    :host { background: #1c1917; color: #f5f5f4 }
    .text h2 { color: #fca5a5 }
  }
`;

/** Shows an error until it is dismissed by its button or the Escape key; a later one replaces it. */
export function showError(error: ServerError): void {
  const before = document.getElementById(ID);
  const focused = before ? null : document.activeElement;
  before?.remove();

  const panel = document.createElement("div");
  panel.id = ID;
  panel.setAttribute("role", "alertdialog");
  panel.setAttribute("aria-modal", "true");
  panel.setAttribute("aria-label", error.title || "The server raised an error");
  panel.dataset.topic = error.topic ?? "";
  const shadow = panel.attachShadow({ mode: "open" });
  // A sheet that is made by a script needs no permission of the page's policy.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(FRAME + (error.style ?? ""));
  shadow.adoptedStyleSheets = [sheet];

  const shown = document.createElement("div");
  if (error.html) {
    shown.innerHTML = error.html;
  } else {
    shown.className = "text";
    const title = document.createElement("h2");
    title.textContent = error.title || "The server raised an error";
    const detail = document.createElement("pre");
    detail.textContent = error.detail ?? "";
    shown.append(title, detail);
  }

  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Dismiss";
  const dismiss = (): void => {
    panel.remove();
    if (focused instanceof HTMLElement) {
      focused.focus();
    }
  };
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    dismiss();
  });
  panel.addEventListener("keydown", (event) => {
    // Keys pressed in the panel are not meant for the page under it.
    event.stopPropagation();
    if (event.key === "Escape") {
      dismiss();
    }
  });

  if (error.untilJoined) {
    panel.dataset.untilJoined = "";
    // A view that joins ends the page's loading, the first time and every time after that.
    const joined = (): void => {
      if (panel.isConnected) {
        dismiss();
      }
    };
    window.addEventListener("phx:page-loading-stop", joined, { once: true });
  }

  shadow.append(shown, button);
  document.body.append(panel);
  button.focus();
}

/** Takes back the error of a view that can be shown again. */
export function hideError(topic?: string): void {
  const panel = document.getElementById(ID);
  if (panel?.dataset.topic === topic && panel?.dataset.untilJoined === undefined) {
    panel?.remove();
  }
}

/** Whether the page shows why its view cannot be joined, and waits for that to be mended. */
export function waitsForMending(): boolean {
  return document.getElementById(ID)?.dataset.untilJoined !== undefined;
}

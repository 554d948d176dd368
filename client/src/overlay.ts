// The panel that shows a server's error over the page in development. Everything from the server
// goes in as text, never as HTML.

const ID = "wirebird-error";

export interface ServerError {
  title?: string;
  detail?: string;
  /** Whether the error is over once the page's view is joined again. */
  untilJoined?: boolean;
}

/** Shows an error until it is dismissed by its button or the Escape key; a later one replaces it. */
export function showError(error: ServerError): void {
  document.getElementById(ID)?.remove();

  const panel = element("div", {
    position: "fixed",
    inset: "0",
    zIndex: "2147483647",
    overflow: "auto",
    padding: "2rem",
    background: "rgb(20 20 24 / 0.95)",
    color: "#f4f4f5",
    font: "14px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  });
  panel.id = ID;
  panel.setAttribute("role", "alertdialog");
  panel.setAttribute("aria-modal", "true");
  panel.setAttribute("aria-labelledby", `${ID}-title`);

  const title = element("h2", { margin: "0 4rem 1rem 0", font: "inherit", fontSize: "18px", color: "#fca5a5" });
  title.id = `${ID}-title`;
  title.textContent = error.title || "The server raised an error";

  // Whatever the page's own style sheets say of a <pre>.
  const detail = element("pre", {
    margin: "0",
    padding: "0",
    border: "0",
    background: "none",
    color: "inherit",
    font: "inherit",
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
  });
  detail.textContent = error.detail ?? "";

  const button = element("button", {
    position: "absolute",
    top: "1.5rem",
    right: "2rem",
    padding: "0.25rem 0.75rem",
    border: "1px solid currentColor",
    borderRadius: "4px",
    background: "transparent",
    color: "inherit",
    font: "inherit",
    cursor: "pointer",
  });
  button.setAttribute("type", "button");
  button.textContent = "Dismiss";

  const focused = document.activeElement;
  const dismiss = (): void => {
    panel.remove();
    if (focused instanceof HTMLElement) {
      focused.focus();
    }
  };
  button.addEventListener("click", dismiss);
  panel.addEventListener("keydown", (event) => {
    // Keys pressed in the panel are not meant for the page under it.
    event.stopPropagation();
    if (event.key === "Escape") {
      dismiss();
    }
  });

  if (error.untilJoined) {
    // A view that joins ends the page's loading, the first time and every time after that.
    const joined = (): void => {
      if (panel.isConnected) {
        dismiss();
      }
    };
    window.addEventListener("phx:page-loading-stop", joined, { once: true });
  }

  panel.append(title, button, detail);
  document.body.append(panel);
  button.focus();
}

function element(tag: string, style: Partial<CSSStyleDeclaration>): HTMLElement {
  const made = document.createElement(tag);
  Object.assign(made.style, style);
  return made;
}

// A form is not sent before the server has heard of the files that were just chosen in it. Until then
// LiveView does not know that they are to be uploaded first, and would send the form without them.

export function holdFormsForTheirFiles(): void {
  const held = new WeakSet<HTMLFormElement>();
  // Before LiveView's listeners.
  window.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || !isTelling(form) || !hasUploads(form)) {
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!held.has(form)) {
        held.add(form);
        whenTold(form, (isLost) => {
          held.delete(form);
          if (!isLost && form.isConnected) {
            form.requestSubmit(event.submitter?.isConnected ? event.submitter : null);
          }
        });
      }
    },
    { capture: true },
  );
}

/** Whether a change of the form is on its way to the server. */
function isTelling(form: HTMLFormElement): boolean {
  return form.classList.contains("phx-change-loading") && form.hasAttribute("data-phx-ref-loading");
}

function hasUploads(form: HTMLFormElement): boolean {
  return Array.from(form.elements).some((el) => el.hasAttribute("data-phx-upload-ref"));
}

// With the line the files are lost, and the form waits for its visitor again.
function whenTold(form: HTMLFormElement, done: (isLost: boolean) => void): void {
  const end = (isLost: boolean) => {
    answers.disconnect();
    window.removeEventListener("phx:page-loading-start", lose);
    done(isLost);
  };
  const lose = () => end(true);
  const answers = new MutationObserver(() => isTelling(form) || end(false));
  answers.observe(form, { attributes: true });
  window.addEventListener("phx:page-loading-start", lose);
}

// data-confirm, data-method, data-to and data-csrf, as phoenix_html's own script reads them: links
// that ask first, and links that send a form.

import { meta } from "./page";

export function followLinks(): void {
  // Before LiveView's listeners, so that what is not confirmed reaches none of them.
  window.addEventListener("click", (event) => {
    for (let el = event.target instanceof Element ? event.target : null; el; el = el.parentElement) {
      const question = el.getAttribute("data-confirm");
      if (question !== null && !window.confirm(question)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      if (el.getAttribute("data-method") && !event.defaultPrevented) {
        event.preventDefault();
        send(el, event.metaKey || event.ctrlKey || event.shiftKey);
        return;
      }
    }
  });
}

function send(el: Element, newTab: boolean): void {
  const method = el.getAttribute("data-method") ?? "get";
  const form = document.createElement("form");
  form.method = method === "get" ? "get" : "post";
  form.action = el.getAttribute("data-to") ?? "";
  form.target = newTab ? "_blank" : (el.getAttribute("target") ?? "");
  form.hidden = true;
  add(form, "_csrf_token", el.getAttribute("data-csrf") ?? ownToken(form, method));
  add(form, "_method", method);
  const submit = document.createElement("input");
  submit.type = "submit";
  form.append(submit);
  document.body.append(form);
  // A click, not form.submit(): LiveView closes its socket when it sees a form leave the page.
  submit.click();
  form.remove();
}

// The page's token is for this site's own routes, which change nothing without it.
function ownToken(form: HTMLFormElement, method: string): string | null {
  const isOwn = new URL(form.action, document.baseURI).origin === window.location.origin;
  return method !== "get" && isOwn ? meta("csrf-token") : null;
}

function add(form: HTMLFormElement, name: string, value: string | null): void {
  if (value !== null) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  }
}

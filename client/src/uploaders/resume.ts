// Files whose upload was broken off by a lost connection are chosen again once the page is back:
// LiveView forgets them, and the store has a part of them already.
//
// A view that crashed is left alone: the file may be what it crashed of.

import type { UploadEntry } from "./entry";

/** What a page's LiveSocket says of the line. */
export interface Line {
  isConnected(): boolean;
}

interface Interrupted {
  form: string;
  input: string;
  files: File[];
}

/** Has a file chosen again, in the input of the same name of the form with the same id. */
export function chooseAgain({ file, fileEl }: UploadEntry, line: Line): void {
  const [form, input] = [fileEl?.form?.id, fileEl?.name];
  if (!form || !input || line.isConnected()) {
    return;
  }
  const waiting = interrupted.find((each) => each.form === form && each.input === input);
  if (waiting) {
    waiting.files.push(fresh(file));
    return;
  }
  if (interrupted.push({ form, input, files: [fresh(file)] }) === 1) {
    window.addEventListener("phx:page-loading-stop", putBack, { once: true });
  }
}

let interrupted: Interrupted[] = [];

function putBack(): void {
  const all = interrupted;
  interrupted = [];
  for (const { form, input, files } of all) {
    const found = document.querySelector(`input[type=file][name="${CSS.escape(input)}"]:is(#${CSS.escape(form)} *, [form="${CSS.escape(form)}"])`);
    found?.dispatchEvent(new CustomEvent("track-uploads", { bubbles: true, detail: { files } }));
  }
}

// LiveView has written into the file that it is being sent.
function fresh(file: File): File {
  const { name, type, lastModified, webkitRelativePath } = file;
  const copy = new File([file], name, { type, lastModified });
  return Object.defineProperty(copy, "webkitRelativePath", { value: webkitRelativePath });
}

// The browser's part of `wirebird.s3.S3Upload`: each file in one request.

import { giveUp } from "./entry";
import type { OnViewError, UploadEntry } from "./entry";
import { Progress } from "./progress";
import { send } from "./send";
import type { Outgoing } from "./send";

interface Meta {
  url: string;
  /** For PUT. */
  headers?: Record<string, string>;
  /** For POST: the form that goes before the file. */
  fields?: Record<string, string>;
}

export function S3(entries: UploadEntry<Meta>[], onViewError: OnViewError): void {
  for (const entry of entries) {
    void upload(entry, onViewError);
  }
}

async function upload(entry: UploadEntry<Meta>, onViewError: OnViewError): Promise<void> {
  const abort = new AbortController();
  entry.onCancel(() => abort.abort());
  onViewError(() => abort.abort());
  const { size } = entry.file;
  const progress = new Progress(size, 0, (percent) => entry.progress(percent));
  try {
    await send(request(entry), abort.signal, (bytes) => progress.sent(1, bytes));
    progress.stored(1, size);
  } catch (error) {
    if (!abort.signal.aborted) {
      console.error(`wirebird: ${entry.file.name} could not be uploaded.`, error);
      giveUp(entry, "failed");
    }
  }
}

function request({ file, meta: { url, headers, fields } }: UploadEntry<Meta>): Outgoing {
  if (fields === undefined) {
    return { method: "PUT", url, headers, body: file };
  }
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    form.append(name, value);
  }
  form.append("file", file); // S3 reads nothing that comes after it.
  return { method: "POST", url, body: form };
}

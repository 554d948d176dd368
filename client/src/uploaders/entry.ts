// What the uploaders see of LiveView's upload entries.

/** One file, and how LiveView is told what becomes of it. */
export interface UploadEntry<Meta = unknown> {
  file: File;
  /** What the server's `start` returned. */
  meta: Meta;
  /** In percent; 100 has the server look whether all is there. */
  progress(percent: number): void;
  /** Gives the entry up. */
  error(reason?: string): void;
  isCancelled(): boolean;
  onCancel(callback: () => void): void;
  // The next two are LiveView's own; its channel uploader ends a waiting submit with them.
  view?: { cancelSubmit(form: HTMLFormElement | null): void };
  fileEl?: HTMLInputElement;
}

/** Has a function called when the view loses its connection. */
export type OnViewError = (callback: () => void) => void;

/** Ends an entry whose bytes could not be sent. */
export function giveUp(entry: UploadEntry, reason: string): void {
  // A submit that waits for the upload keeps its form locked, also for another try.
  entry.view?.cancelSubmit(entry.fileEl?.form ?? null);
  entry.error(reason);
}

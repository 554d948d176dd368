// The browser's part of `wirebird.s3.S3MultipartUpload`: files in parts, several parts at a time.

import { giveUp } from "./entry";
import type { OnViewError, UploadEntry } from "./entry";
import { Progress } from "./progress";
import { chooseAgain } from "./resume";
import type { Line } from "./resume";
import { send } from "./send";

const CONCURRENCY = 4;

export interface Meta {
  /** In bytes; the last part has what is left. */
  part_size: number;
  /** How many parts to send at a time, over all files that are chosen together. */
  concurrency?: number;
  /** Whether what was sent can be used when the file is chosen again. */
  resumable?: boolean;
  /** What the URLs of all missing parts share: the pieces between their own values. */
  url: string[];
  /** The missing parts: the values of each one's URL by its number, with a space between two. */
  parts: Record<string, string>;
}

interface Part {
  number: number;
  url: string;
  start: number;
  end: number;
}

type Job = () => Promise<void>;

export function S3Multipart(entries: UploadEntry<Meta>[], onViewError: OnViewError, _response: unknown, line: Line): void {
  const jobs = entries.flatMap((entry) => jobsOf(entry, onViewError, line));
  const workers = entries[0]?.meta.concurrency ?? CONCURRENCY;
  for (let worker = 0; worker < workers; worker += 1) {
    void work(jobs);
  }
}

async function work(jobs: Job[]): Promise<void> {
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    await job();
  }
}

function jobsOf(entry: UploadEntry<Meta>, onViewError: OnViewError, line: Line): Job[] {
  const abort = new AbortController();
  const { file, meta } = entry;
  entry.onCancel(() => abort.abort());
  onViewError(() => {
    if (meta.resumable && !abort.signal.aborted && !progress.isComplete) {
      chooseAgain(entry, line);
    }
    abort.abort();
  });
  const parts = missingParts(meta, file.size);
  const missing = parts.reduce((sum, { start, end }) => sum + end - start, 0);
  const progress = new Progress(file.size, file.size - missing, (percent) => entry.progress(percent));
  return parts.map(({ number, url, start, end }) => async () => {
    if (abort.signal.aborted) {
      return;
    }
    try {
      const body = file.slice(start, end);
      await send({ method: "PUT", url, body }, abort.signal, (bytes) => progress.sent(number, bytes));
      progress.stored(number, end - start);
    } catch (error) {
      if (!abort.signal.aborted) {
        abort.abort();
        console.error(`wirebird: part ${number} of ${file.name} could not be uploaded.`, error);
        giveUp(entry, "failed");
      }
    }
  });
}

/** The parts that are to be sent of a file of `size` bytes. */
export function missingParts({ part_size, url, parts }: Meta, size: number): Part[] {
  return Object.entries(parts).map(([name, values]) => {
    const number = Number(name);
    const start = (number - 1) * part_size;
    return { number, url: join(url, values.split(" ")), start, end: Math.min(size, start + part_size) };
  });
}

function join(pieces: string[], values: string[]): string {
  return pieces.reduce((url, piece, index) => url + (values[index - 1] ?? "") + piece);
}

// One request with bytes in it, sent until the store has taken it: what fails for a while is tried
// again, later and later; what is refused is not.

const ATTEMPTS = 8;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
// Bytes that a slow line has still to carry count as gone for the browser, so this is long.
const STALLED_MS = 120_000;

export interface Outgoing {
  method: "PUT" | "POST";
  url: string;
  headers?: Record<string, string>;
  body: Blob | FormData;
}

/** A request that cannot be sent, or that is refused. */
export class SendError extends Error {
  constructor(readonly status: number) {
    super(status === 0 ? "No answer: is the network there, and do the bucket's CORS rules allow this page?" : `Status ${status}.`);
  }

  /** Whether another try may help. */
  get passes(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** How long to wait after `failures` failed tries: about twice as long each time, never alike. */
export function waitAfter(failures: number, random: () => number = Math.random): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
  return longest * (0.5 + random() / 2);
}

/**
 * Sends a request until it is taken. `onSent` hears how many bytes have left, and 0 when all has to
 * leave again. Rejects with what `signal` was aborted for, or with a SendError.
 */
export async function send(outgoing: Outgoing, signal: AbortSignal, onSent: (bytes: number) => void): Promise<void> {
  for (let failures = 0; ; ) {
    try {
      return await sendOnce(outgoing, signal, onSent);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SendError) || !error.passes) {
        throw error;
      }
      onSent(0);
      if (isOffline()) {
        await online(signal); // Being offline is nobody's failure, however long it takes.
        continue;
      }
      failures += 1;
      if (failures === ATTEMPTS) {
        throw error;
      }
      await pause(waitAfter(failures), signal);
    }
  }
}

function sendOnce({ method, url, headers = {}, body }: Outgoing, signal: AbortSignal, onSent: (bytes: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    let stalled: ReturnType<typeof setTimeout> | undefined;
    const fail = () => reject(new SendError(0));
    signal.addEventListener("abort", stop, { once: true });
    request.upload.onprogress = (event) => {
      clearTimeout(stalled);
      stalled = setTimeout(stop, STALLED_MS);
      onSent(event.loaded);
    };
    request.onload = () => {
      const taken = request.status >= 200 && request.status < 300;
      taken ? resolve() : reject(new SendError(request.status));
    };
    request.onerror = fail;
    request.onabort = fail;
    request.onloadend = () => {
      clearTimeout(stalled);
      signal.removeEventListener("abort", stop);
    };
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) {
      request.setRequestHeader(name, value);
    }
    request.send(body);
  });
}

function isOffline(): boolean {
  return typeof navigator !== "undefined" && navigator.onLine === false;
}

function online(signal: AbortSignal): Promise<void> {
  return interruptible(signal, (resolve) => {
    window.addEventListener("online", resolve);
    return () => window.removeEventListener("online", resolve);
  });
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return interruptible(signal, (resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    return () => clearTimeout(timer);
  });
}

// Waits for what `begin` waits for, or for the signal; what `begin` returns tidies up.
function interruptible(signal: AbortSignal, begin: (resolve: () => void) => () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const abort = () => {
      end();
      reject(signal.reason);
    };
    const end = begin(() => {
      end();
      signal.removeEventListener("abort", abort);
      resolve();
    });
    signal.addEventListener("abort", abort, { once: true });
  });
}

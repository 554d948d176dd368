// When a page comes back after its line was lost. All pages of a server lose theirs at once when it
// stops or is killed, so each waits a random part of the time: they come one after the other.

import type { Socket } from "phoenix";

// Phoenix's steps in milliseconds, but for the first ones, which leave no time to spread over.
const STEPS = [100, 150, 200, 250, 300, 350, 500, 1000, 2000];
const LONGEST = 5000;
const LONGEST_SPREAD = 30_000;

/** Decides how long the socket waits before it connects again. */
export class Reconnecting {
  private spread = 0;

  constructor(private readonly random: () => number = Math.random) {}

  /** The option `reconnectAfterMs`: waits longer try by try, from half of each step to all of it. */
  readonly after = (tries: number): number => {
    const step = STEPS[tries - 1] ?? LONGEST;
    const wait = tries === 1 ? Math.max(step, this.spread) * this.random() : (step * (1 + this.random())) / 2;
    return Math.round(wait);
  };

  /** Hears from a server that closes its lines over how long its pages should spread: "spread=800". */
  follow(socket: Socket): void {
    socket.onOpen(() => {
      this.spread = 0;
      const line = (socket as unknown as { conn: EventTarget | null }).conn;
      // Before the socket's own handler of the event, which asks how long to wait.
      line?.addEventListener?.("close", (event) => this.heed((event as CloseEvent).reason), { capture: true });
    });
  }

  heed(reason: string | undefined): void {
    const told = /^spread=(\d{1,6})$/.exec(reason ?? "");
    this.spread = told ? Math.min(Number(told[1]), LONGEST_SPREAD) : 0;
  }
}

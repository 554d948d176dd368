// How much of a file has gone, over all the requests that carry it: it never falls, though a part
// is sent again, and is 100 only when the store has answered for everything.

/** The progress of one file of `size` bytes, of which `done` are in the store already. */
export class Progress {
  private readonly sending = new Map<number, number>();
  private shown = 0;

  constructor(
    private readonly size: number,
    private done: number,
    private readonly tell: (percent: number) => void,
  ) {
    this.update();
  }

  /** Whether the store has everything. */
  get isComplete(): boolean {
    return this.done >= this.size;
  }

  /** `bytes` of a part have left so far; none, once it has to be sent again. */
  sent(part: number, bytes: number): void {
    this.sending.set(part, bytes);
    this.update();
  }

  /** The store has a whole part of `bytes`. */
  stored(part: number, bytes: number): void {
    this.sending.delete(part);
    this.done += bytes;
    this.update();
  }

  private update(): void {
    const sending = [...this.sending.values()].reduce((sum, bytes) => sum + bytes, 0);
    const percent = Math.floor((100 * Math.min(this.size, this.done + sending)) / this.size);
    const allowed = this.isComplete ? 100 : Math.min(99, percent);
    if (allowed > this.shown) {
      this.shown = allowed;
      this.tell(allowed);
    }
  }
}

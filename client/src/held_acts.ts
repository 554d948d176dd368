// What somebody does while the page has no line to the server waits, and is done once it is back.

export class HeldActs {
  private isAway = false;
  private held: (() => void)[] = [];

  /**
   * @param prefix What the names of bindings begin with.
   * @param comeBack Called when somebody uses the page; connects it, if it is time for that.
   */
  constructor(prefix: string, comeBack: () => void) {
    const hold = (event: Event, act: () => void) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.held = [act];
      comeBack();
    };
    this.listen("pointerdown", comeBack);
    this.listen("keydown", comeBack);
    const holdKey = (event: Event) => {
      const { target, type } = event;
      const binding = `[${prefix}${type}]`;
      const anywhere = `[${prefix}window-${type}]`;
      if (target instanceof Element && (target.matches(binding) || document.querySelector(anywhere))) {
        event.stopImmediatePropagation(); // what the key itself does, such as typing, goes on
        const again = new KeyboardEvent(type, event as KeyboardEvent as KeyboardEventInit);
        this.held.push(() => target.dispatchEvent(again));
      }
    };
    this.listen("keydown", holdKey);
    this.listen("keyup", holdKey);
    this.listen("click", (event) => {
      const el = event.target instanceof Element ? event.target.closest<HTMLElement>(`[${prefix}click]`) : null;
      if (el) {
        hold(event, () => el.click());
      }
    });
    this.listen("submit", (event) => {
      const { target: form, submitter } = event as SubmitEvent;
      if (form instanceof HTMLFormElement && form.hasAttribute(`${prefix}submit`)) {
        hold(event, () => form.requestSubmit(submitter?.isConnected ? submitter : null));
      }
    });
  }

  /** From now on the page is away; false if it has been before. */
  begin(): boolean {
    const isNew = !this.isAway;
    this.isAway = true;
    return isNew;
  }

  /** The page is back: what was done meanwhile is done now. */
  end(): void {
    this.isAway = false;
    const acts = this.held;
    this.held = [];
    acts.forEach((act) => act());
  }

  get isHolding(): boolean {
    return this.isAway;
  }

  private listen(type: string, use: (event: Event) => void): void {
    window.addEventListener(type, (event) => this.isAway && use(event), { capture: true });
  }
}

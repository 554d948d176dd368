// What the frame's buttons do to a page's line, and how many breaks the page has lived through.

const SECONDS = 5;
const LETTERS = 3;
const FIELDS = "main :is(textarea, input:not([type]), input[type=text], input[type=search], input[type=email])";
const OVER = {
  line: "the line was away for five seconds",
  typing: "the line was cut between two letters",
  view: "the view crashed",
  server: "the server was killed",
};

let breaks = 0;
let what = "";
let process = "";

export const BreakIt = {
  mounted() {
    this.el.addEventListener("click", ({ target }) => this.act(target.closest("[data-break]")));
    this.button("typing").disabled = !document.querySelector(FIELDS);
    this.button("slow").setAttribute("aria-pressed", String(Boolean(this.liveSocket.getLatencySim())));
    process = this.process();
  },

  // The view has lost its line, or its life.
  disconnected() {
    this.since ??= performance.now();
    this.lost ??= setInterval(() => this.tell(`Gone for ${this.seconds()} s …`), 100);
  },

  reconnected() {
    clearInterval(this.lost);
    this.lost = undefined;
    breaks += 1;
    const moved = process && process !== this.process() ? ` ${process} is dead, ${this.process()} goes on.` : "";
    const again = breaks === 1 ? "one break" : `${breaks} breaks`;
    this.tell(`This page has lived through ${again}. Last, ${OVER[what] ?? "the line was lost"}, for ${this.seconds()} s.${moved}`);
    process = this.process();
    this.since = undefined;
    what = "";
  },

  act(button) {
    const name = button?.dataset.break;
    if (name === "line") {
      what = name;
      this.liveSocket.disconnect();
      setTimeout(() => this.liveSocket.connect(), SECONDS * 1000);
    } else if (name === "slow") {
      this.slow(button);
    } else if (name === "typing") {
      this.cutWhileTyping();
    } else if (name) {
      what = name;
    }
  },

  slow(button) {
    const isSlow = Boolean(this.liveSocket.getLatencySim());
    if (isSlow) {
      this.liveSocket.disableLatencySim();
    } else {
      this.liveSocket.enableLatencySim(500);
      this.liveSocket.disableDebug();
    }
    button.setAttribute("aria-pressed", String(!isSlow));
    this.tell(isSlow ? "Fast again." : "Every answer takes half a second longer.");
  },

  cutWhileTyping() {
    const field = document.querySelector(FIELDS);
    let letters = 0;
    const count = () => {
      letters += 1;
      if (letters === LETTERS) {
        field.removeEventListener("input", count);
        what = "typing";
        this.liveSocket.getSocket().conn.close(4000, "cut");
      }
    };
    field.addEventListener("input", count);
    field.focus();
    this.tell(`Type: at the third letter the line is cut.`);
  },

  button(name) {
    return this.el.querySelector(`[data-break=${name}]`);
  },

  process() {
    return this.el.querySelector("small").textContent.replace("Process ", "");
  },

  seconds() {
    return ((performance.now() - this.since) / 1000).toFixed(1);
  },

  tell(text) {
    this.el.querySelector("#broken").textContent = text;
  },
};

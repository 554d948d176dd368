// Answers at once; the server has the watch in its hand.

export const Ping = {
  mounted() {
    this.handleEvent("ping", () => this.pushEvent("pong").catch(() => {})); // lost with its line
  },
};

// What tunnels do, on request.

export const LoseLine = {
  mounted() {
    this.el.addEventListener("click", () => {
      this.liveSocket.disconnect();
      setTimeout(() => this.liveSocket.connect(), 3000);
    });
  },
};

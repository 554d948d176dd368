// Keeps the keys of the game from scrolling the page, and tells what the line brings each second.

export const Board = {
  mounted() {
    this.el.addEventListener("keydown", (event) => {
      if (event.key === " " || event.key.startsWith("Arrow")) event.preventDefault();
    });
  },
};

export const Meter = {
  mounted() {
    this.frames = this.bytes = 0;
    this.socket = this.liveSocket.getSocket();
    this.listener = this.socket.onMessage(({ join_ref, ref, topic, event, payload }) => {
      this.frames += 1;
      this.bytes += JSON.stringify([join_ref, ref, topic, event, payload]).length;
    });
    this.timer = setInterval(() => this.tell(), 1000);
  },

  destroyed() {
    this.socket.off([this.listener]);
    clearInterval(this.timer);
  },

  tell() {
    this.el.textContent = `${this.frames} frames, ${(this.bytes / 1000).toFixed(1)} kB a second`;
    this.frames = this.bytes = 0;
  },
};

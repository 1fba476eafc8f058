// The live stream: one connection per tab, which names what changed. Other elements listen for the document's events
// `counterfoil:change` and `counterfoil:gap`, and fetch what they show of it.

const SILENCE = 45_000; // The server says something every 15 seconds.
const HIDDEN_FOR = 20_000;
const LONGEST_PAUSE = 15_000;

class Live extends HTMLElement {
  #after = 0;
  #abort = null;
  #failures = 0;
  #timer = 0;

  connectedCallback() {
    this.#after = Number(this.dataset.after);
    document.addEventListener("visibilitychange", () => this.#visible());
    addEventListener("online", () => this.#open());
    addEventListener("offline", () => this.#show("offline"));
    addEventListener("pagehide", () => this.#close());
    addEventListener("pageshow", (event) => event.persisted && this.#open());
    this.#open();
  }

  #visible() {
    clearTimeout(this.#timer);
    if (document.hidden) {
      this.#timer = setTimeout(() => this.#close(), HIDDEN_FOR);
    } else if (!this.#abort) {
      this.#open();
    }
  }

  #close() {
    this.#abort?.abort();
    this.#abort = null;
  }

  async #open() {
    clearTimeout(this.#timer);
    this.#close();
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const response = await fetch(`/live?after=${this.#after}`, { signal: abort.signal, cache: "no-store" });
      if (response.status === 401) {
        return this.#end();
      }
      if (!response.ok) {
        throw new Error(String(response.status));
      }
      this.#failures = 0;
      this.#show("live");
      await this.#read(response.body.pipeThrough(new TextDecoderStream()).getReader(), abort);
    } catch {
      // Below: whatever it was, the stream is over.
    }
    if (this.#abort !== abort || this.dataset.state === "ended") {
      return;
    }
    this.#abort = null;
    this.#failures += 1;
    const pause = Math.min(250 * 2 ** this.#failures, LONGEST_PAUSE) * (0.75 + Math.random() / 2);
    if (this.#failures > 1) {
      this.#show(navigator.onLine ? "reconnecting" : "offline");
    }
    this.#timer = setTimeout(() => this.#open(), pause);
  }

  async #read(reader, abort) {
    let text = "";
    for (;;) {
      const silence = setTimeout(() => abort.abort(), SILENCE);
      const { value, done } = await reader.read().finally(() => clearTimeout(silence));
      if (done) {
        return;
      }
      text += value;
      const parts = text.split("\n\n");
      text = parts.pop();
      parts.forEach((part) => this.#take(part));
      if (this.dataset.state === "ended") {
        return;
      }
    }
  }

  #take(part) {
    const fields = Object.fromEntries(
      part
        .split("\n")
        .filter((line) => line.includes(": ") && !line.startsWith(":"))
        .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
    );
    if (fields.id) {
      this.#after = Number(fields.id);
    }
    if (fields.event === "change") {
      document.dispatchEvent(new CustomEvent("counterfoil:change", { detail: JSON.parse(fields.data) }));
    } else if (fields.event === "gap") {
      document.dispatchEvent(new CustomEvent("counterfoil:gap"));
    } else if (fields.event === "end") {
      this.#end();
    }
  }

  #end() {
    this.#show("ended");
    this.#close();
    location.assign(`/sign-in?next=${location.pathname}`);
  }

  #show(state) {
    this.dataset.state = state;
    const words = { live: "saidLive", reconnecting: "saidReconnecting", offline: "saidOffline", ended: "saidEnded" };
    this.querySelector(".live-said").textContent = this.dataset[words[state]];
  }
}

customElements.define("cf-live", Live);

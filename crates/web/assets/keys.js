// Single keys. Never while typing, never with a modifier, and off when someone likes it so.

class Keys extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    document.addEventListener("keydown", (event) => this.#pressed(event));
    this.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
  }

  #pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
      return;
    }
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (document.querySelector("dialog[open]")) {
      return;
    }
    if (event.key === "Escape") {
      this.#back(typing);
      return;
    }
    if (typing || document.body.dataset.keys !== "on") {
      return;
    }
    const inbox = document.querySelector("cf-inbox");
    const thread = document.querySelector("cf-thread");
    const acts = {
      j: () => inbox?.move(1),
      k: () => inbox?.move(-1),
      r: () => thread?.querySelector("cf-composer").begin("reply"),
      n: () => thread?.querySelector("cf-composer").begin("note"),
      f: () => thread?.file(),
      "?": () => this.dialog.showModal(),
    };
    if (acts[event.key]) {
      event.preventDefault();
      acts[event.key]();
    }
  }

  #back(typing) {
    if (typing) {
      typing.closest("cf-composer")?.leave();
      typing.blur();
    } else if (location.hash === "#panel") {
      location.hash = "thread";
    } else {
      document.querySelector("cf-inbox")?.back();
    }
  }
}

customElements.define("cf-keys", Keys);

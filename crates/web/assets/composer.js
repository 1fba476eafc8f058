// Writing: sends without leaving the page, keeps drafts, takes files by choice, drop and paste.
import { afterPause, ask, nodes, send, thenCatchUp } from "./fetching.js";

class Composer extends HTMLElement {
  #busy = false;

  connectedCallback() {
    this.form = this.querySelector(".composer");
    this.text = this.form.elements.text;
    this.file = this.form.elements.file;
    this.saveSoon = afterPause(900, () => this.#save());
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.text.addEventListener("keydown", (event) => this.#key(event));
    this.text.addEventListener("input", () => this.#typed());
    this.text.addEventListener("paste", (event) => this.#take(event.clipboardData?.files, event));
    this.file.addEventListener("change", () => this.#fileChosen());
    this.form.addEventListener("change", () => this.#modeChosen());
    this.addEventListener("click", (event) => this.#clicked(event));
    const area = this.closest("cf-thread");
    area.addEventListener("dragover", (event) => this.#drag(event, true));
    area.addEventListener("dragleave", (event) => this.#drag(event, false));
    area.addEventListener("drop", (event) => {
      this.#drag(event, false);
      this.#take(event.dataTransfer?.files, event);
    });
    this.#modeChosen();
  }

  disconnectedCallback() {
    if (this.dirty) {
      this.saveSoon.cancel();
      this.#save();
    }
  }

  /** Stands ready to write a `reply` or a `note`. */
  begin(mode) {
    this.form.elements.kind.value = mode;
    this.#modeChosen();
    this.text.focus();
  }

  /** Is left: what was only begun is put back, what was written stays as it is. */
  leave() {
    if (!this.text.value.trim()) {
      this.#unquote();
      this.form.elements.kind.value = "reply";
      this.#modeChosen();
    }
  }

  #unquote() {
    this.form.elements.quoted.value = "";
    this.querySelector(".quote-bar").hidden = true;
  }

  /** Answers a certain message. */
  quote(bubble) {
    const words = bubble.querySelector(".words, .card-name, .place, .choice")?.textContent ?? "";
    this.form.elements.quoted.value = bubble.id;
    this.querySelector(".quote-line").textContent = words.trim().slice(0, 160);
    this.querySelector(".quote-bar").hidden = false;
    this.begin("reply");
  }

  /** Says what went wrong. The words are the server's. */
  trouble(html) {
    const place = this.querySelector(".trouble");
    place.replaceChildren(html ? nodes(html) : "");
    place.hidden = !html;
  }

  #clicked(event) {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (act === "unquote") {
      this.#unquote();
    } else if (act === "unattach") {
      this.file.value = "";
      this.#fileChosen();
    }
  }

  #modeChosen() {
    const note = this.form.elements.kind.value === "note";
    this.text.placeholder = note ? this.text.dataset.placeholderNote : this.text.dataset.placeholderReply;
    if (note && this.file.value) {
      this.file.value = "";
      this.#fileChosen();
    }
  }

  #typed() {
    this.dirty = true;
    this.#grow();
    this.saveSoon();
  }

  #grow() {
    if (CSS.supports("field-sizing", "content")) {
      return;
    }
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight}px`;
  }

  async #save() {
    const state = this.querySelector(".draft-state");
    this.dirty = false;
    try {
      const url = `/fragments/conversations/${this.dataset.conversation}/draft`;
      const { ok } = await send(url, { text: this.text.value }, "PUT");
      state.textContent = ok ? (this.text.value ? this.dataset.saidSaved : "") : this.dataset.saidUnsaved;
    } catch {
      this.dirty = true;
      state.textContent = this.dataset.saidUnsaved;
    }
  }

  #key(event) {
    if (event.key !== "Enter" || event.isComposing) {
      return;
    }
    const sends = document.body.dataset.enter === "sends" ? !event.shiftKey : event.shiftKey;
    if (sends && !event.altKey) {
      event.preventDefault();
      this.form.requestSubmit();
    }
  }

  #drag(event, over) {
    if ([...(event.dataTransfer?.types ?? [])].includes("Files")) {
      event.preventDefault();
      this.form.classList.toggle("dropping", over);
    }
  }

  #take(files, event) {
    if (!files?.length) {
      return;
    }
    event.preventDefault();
    const one = new DataTransfer();
    one.items.add(files[0]);
    this.form.elements.kind.value = "reply";
    this.file.files = one.files;
    this.#modeChosen();
    this.#fileChosen();
    this.text.focus();
  }

  #fileChosen() {
    const [file] = this.file.files;
    this.querySelector(".file-name").textContent = file?.name ?? "";
    this.querySelector(".file-bar").hidden = !file;
  }

  async #submit(event) {
    event.preventDefault();
    if (this.#busy || (!this.text.value.trim() && !this.file.value)) {
      return;
    }
    this.#busy = true;
    this.saveSoon.cancel();
    this.trouble("");
    const state = this.querySelector(".draft-state");
    state.textContent = this.dataset.saidSending;
    try {
      await thenCatchUp(() => this.#send(state));
    } catch {
      // It may have arrived: the key stays, so that sending it again cannot make two of it.
      state.textContent = "";
      this.trouble(this.dataset.saidFailed);
    }
    this.#busy = false;
  }

  async #send(state) {
    const url = `/fragments/conversations/${this.dataset.conversation}/messages`;
    const { ok, text } = await ask(url, { method: "POST", body: new FormData(this.form) });
    state.textContent = "";
    if (ok) {
      this.#written(text);
    } else {
      this.trouble(text);
      this.#fresh();
      document.dispatchEvent(new CustomEvent("counterfoil:window"));
    }
  }

  #written(html) {
    document.dispatchEvent(new CustomEvent("counterfoil:bubble", { detail: html }));
    this.#unquote();
    this.file.value = "";
    this.#fileChosen();
    this.text.value = "";
    this.#grow();
    this.#fresh();
    this.#save();
    this.text.focus();
  }

  /** The next message is another one. */
  #fresh() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    this.form.elements.key.value = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}

customElements.define("cf-composer", Composer);

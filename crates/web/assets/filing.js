// The dialog that puts a message on a claim.
import { afterPause, ask, nodes, send } from "./fetching.js";

class Filing extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    // A form that is done with is gone, so that nothing is typed into it any more.
    this.dialog.addEventListener("close", () => this.dialog.replaceChildren());
    this.addEventListener("submit", (event) => this.#submit(event));
    this.addEventListener("click", (event) => this.#clicked(event));
    const look = afterPause(200, () => this.#look());
    this.addEventListener("input", look);
  }

  /** Opens the form for a message. */
  async open(message) {
    const { ok, text } = await ask(`/fragments/messages/${message}/file`);
    if (!ok) {
      location.assign(`/messages/${message}/file`);
      return;
    }
    this.message = message;
    this.dialog.replaceChildren(nodes(text));
    // Our own list below the field takes the place of the browser's.
    this.input.removeAttribute("list");
    this.dialog.showModal();
    this.input.focus();
  }

  get input() {
    return this.dialog.querySelector("input[name=claim]");
  }

  #clicked(event) {
    const claim = event.target.closest("[data-claim]")?.dataset.claim;
    if (claim) {
      this.input.value = claim;
      this.input.focus();
    } else if (event.target === this.dialog || event.target.closest("[data-act=close]")) {
      this.dialog.close();
    }
  }

  async #look() {
    if (!this.input) {
      return;
    }
    const { ok, text } = await send("/fragments/claims", { claim: this.input.value });
    if (ok) {
      // The form may have been closed while the answer was on its way.
      this.dialog.querySelector(".suggestions")?.replaceChildren(nodes(text));
    }
  }

  async #submit(event) {
    event.preventDefault();
    const trouble = this.dialog.querySelector(".trouble");
    const url = `/fragments/messages/${this.message}/file`;
    const { ok, text } = await send(url, { claim: this.input.value });
    if (ok) {
      this.dialog.close();
      document.dispatchEvent(new CustomEvent("counterfoil:bubble", { detail: text }));
      return;
    }
    trouble.replaceChildren(nodes(text));
    trouble.hidden = false;
    this.input.focus();
  }
}

customElements.define("cf-file", Filing);

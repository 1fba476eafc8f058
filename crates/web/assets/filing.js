// The dialog that puts messages on a claim: shows which ones go, offers claims while someone types, says what went wrong.
import { afterPause, ask, nodes, send, thenCatchUp } from "./fetching.js";

class Filing extends HTMLElement {
  #busy = false;

  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    // A form that is done with is gone, so that nothing is typed into it any more.
    this.dialog.addEventListener("close", () => this.dialog.replaceChildren());
    this.addEventListener("submit", (event) => this.#submit(event));
    this.addEventListener("click", (event) => this.#clicked(event));
    this.addEventListener("keydown", (event) => this.#key(event));
    const look = afterPause(200, () => this.#look());
    this.addEventListener("input", (event) => event.target === this.input && look());
  }

  /** Opens the form. `bubbles` are what is offered to go, `chosen` goes unless someone takes it off. */
  async open(bubbles, chosen) {
    const { ok, text } = await ask("/fragments/file");
    if (!ok) {
      location.assign(`/messages/${chosen.id}/file`);
      return;
    }
    this.dialog.replaceChildren(nodes(text));
    const entries = bubbles.map((bubble) => this.#entry(bubble, bubble === chosen));
    this.dialog.querySelector(".goes-list").replaceChildren(...entries);
    this.#mend(chosen);
    this.dialog.showModal();
    this.dialog.querySelector(".goes-list :checked")?.closest("label").scrollIntoView({ block: "nearest" });
    this.input.focus();
    this.input.select();
  }

  get input() {
    return this.dialog.querySelector("input[name=claim]");
  }

  get #ticked() {
    return [...this.dialog.querySelectorAll(".goes-list input:checked")];
  }

  /** A message as a line: its picture or a sign for its file, its words, its time. */
  #entry(bubble, goes) {
    const [label, box, words, when] = ["label", "input", "bdi", "span"].map((tag) => document.createElement(tag));
    const file = bubble.querySelector(".file");
    const picture = bubble.querySelector(".picture img");
    const said = bubble.querySelector(".words, .place strong, .choice strong, .place, .choice")?.textContent.trim();
    label.className = "goes-entry";
    Object.assign(box, { type: "checkbox", value: bubble.id, checked: goes });
    words.textContent = [said, picture && said ? "" : file?.dataset.name].filter(Boolean).join(" · ");
    words.className = "goes-words";
    when.textContent = bubble.querySelector(".bubble-when").textContent;
    when.className = "muted";
    label.append(box, this.#sign(picture, file), words, when);
    return label;
  }

  #sign(picture, file) {
    if (picture) {
      const small = document.createElement("img");
      Object.assign(small, { src: picture.src, alt: picture.alt });
      return small;
    }
    return file ? nodes('<svg class="icon" aria-hidden="true"><use href="#i-clip"/></svg>') : "";
  }

  /** A number that was refused stands in the field again, with the reason. */
  #mend(bubble) {
    const refused = bubble.querySelector("[data-act=mend]");
    if (refused) {
      this.input.value = refused.dataset.claim;
      this.#trouble(refused.previousSibling.textContent);
    }
  }

  #trouble(words) {
    const place = this.dialog.querySelector(".trouble");
    place.replaceChildren(words);
    place.hidden = !words;
  }

  #clicked(event) {
    const claim = event.target.closest("[data-claim]")?.dataset.claim;
    if (claim && this.input) {
      this.input.value = claim;
      this.input.focus();
    } else if (event.target === this.dialog || event.target.closest("[data-act=close]")) {
      this.dialog.close();
    }
  }

  /** Down from the field into the claims that fit, and up again. */
  #key(event) {
    if (!["ArrowDown", "ArrowUp"].includes(event.key)) {
      return;
    }
    const places = [this.input, ...this.dialog.querySelectorAll(".suggestion")];
    const at = places.indexOf(document.activeElement);
    const next = places[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (at >= 0 && next) {
      event.preventDefault();
      next.focus();
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
    const form = event.target;
    if (this.#busy) {
      return;
    }
    if (!this.#ticked.length) {
      this.#trouble(form.dataset.saidNone);
      return;
    }
    this.#busy = true;
    const claim = this.input.value;
    try {
      for (const box of this.#ticked) {
        if (!(await thenCatchUp(() => this.#send(box, claim)))) {
          return;
        }
      }
      this.dialog.close();
    } catch {
      this.#trouble(form.dataset.saidFailed);
    } finally {
      this.#busy = false;
    }
  }

  /** Files one message; says whether that went well. */
  async #send(box, claim) {
    const { ok, text } = await send(`/fragments/messages/${box.value}/file`, { claim });
    if (ok) {
      // What went is not sent again when the next one fails.
      box.checked = false;
      document.dispatchEvent(new CustomEvent("counterfoil:bubble", { detail: text }));
    } else {
      this.#trouble(nodes(text));
      this.input.focus();
    }
    return ok;
  }
}

customElements.define("cf-file", Filing);

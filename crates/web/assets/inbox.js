// The list of conversations: kept true by the live stream, moved through by keys, opening conversations in place.
import { Coalesce, ask, nodes, thenCatchUp } from "./fetching.js";

class Inbox extends HTMLElement {
  #fetches = new Coalesce();

  connectedCallback() {
    this.rows = this.querySelector(".rows");
    document.addEventListener("counterfoil:change", (event) => this.#refresh(event.detail.conversation));
    document.addEventListener("counterfoil:gap", () => thenCatchUp(() => this.#reload()));
    this.shown = location.pathname;
    addEventListener("popstate", () => location.pathname !== this.shown && this.#show(location.pathname, false));
    this.addEventListener("click", (event) => this.#clicked(event));
    this.querySelector(".row-link[aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  get links() {
    return [...this.rows.querySelectorAll(".row-link")];
  }

  /** Moves the choice by so many rows. */
  move(by) {
    const links = this.links;
    const held = links.indexOf(document.activeElement);
    const open = links.findIndex((link) => link.hasAttribute("aria-current"));
    const from = held >= 0 ? held : open;
    const next = links[Math.max(0, Math.min(links.length - 1, from < 0 ? 0 : from + by))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  /** Back to the list, on a phone the only thing to be seen then. */
  back() {
    const current = this.querySelector(".row-link[aria-current]");
    this.#show("/inbox", true);
    current?.focus();
  }

  #clicked(event) {
    const link = event.target.closest("a");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) {
      return;
    }
    if (link.matches(".row-link")) {
      event.preventDefault();
      this.#show(link.getAttribute("href"), true);
    } else if (link.dataset.fragment) {
      event.preventDefault();
      thenCatchUp(() => this.#more(link));
    }
  }

  async #more(link) {
    const { ok, text } = await ask(link.dataset.fragment);
    if (ok) {
      link.closest("li").replaceWith(nodes(text));
    }
  }

  async #show(path, push) {
    const id = path.match(/^\/inbox\/(cnv_[0-9a-f]{32})$/)?.[1];
    if (!id && path !== "/inbox") {
      return;
    }
    this.shown = path;
    if (push) {
      history.pushState(null, "", path);
    }
    for (const link of this.links) {
      link.toggleAttribute("aria-current", link.getAttribute("href") === path);
      if (link.hasAttribute("aria-current")) {
        link.setAttribute("aria-current", "true");
      }
    }
    if (!id) {
      this.closest(".frame").classList.remove("has-thread");
      return;
    }
    await thenCatchUp(() => this.#open(path, id));
  }

  async #open(path, id) {
    const { ok, text } = await ask(`/fragments/conversations/${id}`);
    if (location.pathname !== path) {
      return;
    }
    if (!ok) {
      location.assign(path);
      return;
    }
    const main = document.querySelector("#main");
    main.replaceChildren(nodes(text));
    this.closest(".frame").classList.add("has-thread");
    document.title = `${main.querySelector("cf-thread").dataset.title} · Counterfoil`;
  }

  #refresh(conversation) {
    this.#fetches.run(conversation, async () => {
      const { ok, status, text } = await ask(`/fragments/inbox/${conversation}`);
      const old = this.rows.querySelector(`[data-conversation="${conversation}"]`);
      const fresh = status === 200 ? nodes(text).querySelector(".row") : null;
      if (ok && (!fresh || (this.dataset.view === "waiting" && fresh.dataset.waiting !== "true"))) {
        old?.remove();
      } else if (ok) {
        this.#place(old, fresh);
      }
    });
  }

  #place(old, fresh) {
    const held = old?.contains(document.activeElement);
    const link = fresh.querySelector(".row-link");
    if (location.pathname === link.getAttribute("href")) {
      link.setAttribute("aria-current", "true");
    }
    old?.remove();
    const order = Number(fresh.dataset.order);
    const after = [...this.rows.querySelectorAll(".row")].find((row) => Number(row.dataset.order) <= order);
    if (after) {
      after.before(fresh);
    } else {
      const more = this.rows.querySelector(".row-more");
      more ? more.before(fresh) : this.rows.append(fresh);
    }
    if (held) {
      link.focus({ preventScroll: true });
    }
  }

  async #reload() {
    const { ok, text } = await ask(`/fragments/inbox?view=${this.dataset.view}`);
    if (ok) {
      this.rows.replaceChildren(nodes(text));
    }
    if (location.pathname !== "/inbox") {
      this.#show(location.pathname, false);
    }
  }
}

customElements.define("cf-inbox", Inbox);

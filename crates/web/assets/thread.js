// A conversation: new and changed messages in their place, older ones on demand, seen when a person looks.
import { Coalesce, ask, nodes, send, thenCatchUp } from "./fetching.js";

const LOOKED_FOR = 700;
const OFFERED = 6;

class Thread extends HTMLElement {
  #fetches = new Coalesce();
  #away = new AbortController();
  #unseen = false;
  #filed = new Set();

  connectedCallback() {
    this.id_ = this.dataset.conversation;
    this.list = this.querySelector(".messages");
    this.#unseen = Boolean(this.querySelector("#unread"));
    const signal = this.#away.signal;
    const listen = (target, name, act) => target.addEventListener(name, act, { signal });
    listen(document, "counterfoil:change", (event) => this.#changed(event.detail));
    listen(document, "counterfoil:bubble", (event) => this.#place(event.detail, true));
    listen(document, "counterfoil:window", () => this.#window());
    listen(document, "visibilitychange", () => this.#look());
    listen(window, "focus", () => this.#look());
    listen(this, "click", (event) => this.#clicked(event));
    listen(this.list, "scroll", () => this.#scrolled());
    listen(this.list, "load", (event) => event.target.tagName === "IMG" && this.#settle());
    this.#start();
    this.#look();
  }

  disconnectedCallback() {
    this.#away.abort();
  }

  #start() {
    const target = location.hash ? document.getElementById(location.hash.slice(1)) : null;
    const first = target?.closest(".messages") ? target : this.querySelector("#unread");
    if (first) {
      first.scrollIntoView({ block: "center" });
    } else {
      this.list.scrollTop = this.list.scrollHeight;
    }
    this.atEnd = !first || this.#isAtEnd();
    // Pictures arrive later and push the end down.
    for (const picture of this.list.querySelectorAll("img")) {
      picture.addEventListener("load", () => this.#settle(), { once: true });
    }
  }

  #isAtEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 60;
  }

  #settle() {
    if (this.atEnd) {
      this.list.scrollTop = this.list.scrollHeight;
    }
  }

  #scrolled() {
    this.atEnd = this.#isAtEnd();
    if (this.atEnd) {
      this.querySelector(".jump").hidden = true;
    }
  }

  /** Opens the form that files a message, the chosen one or the contact's last, and offers those around it as well. */
  file(bubble = this.#chosen) {
    if (bubble) {
      document.querySelector("cf-file").open(this.#around(bubble), bubble);
    }
  }

  get #chosen() {
    const fileable = this.list.querySelectorAll(".inbound[data-can-file]");
    return this.list.querySelector(".chosen-bubble[data-can-file]") ?? fileable[fileable.length - 1];
  }

  /** A message and the nearest that may belong to it: the contact's, and all with files, unless they were filed. */
  #around(bubble) {
    const all = [...this.list.querySelectorAll("[data-can-file]")];
    const at = all.indexOf(bubble);
    const near = all
      .map((one, place) => ({ one, far: Math.abs(place - at) }))
      .filter(({ one }) => one === bubble || (one.matches(".inbound, :has(.file)") && !one.querySelector(".filed:not(.refused)")))
      .sort((a, b) => a.far - b.far)
      .slice(0, OFFERED);
    return all.filter((one) => near.some((kept) => kept.one === one));
  }

  #choose(bubble) {
    this.list.querySelector(".chosen-bubble")?.classList.remove("chosen-bubble");
    bubble?.classList.add("chosen-bubble");
  }

  #clicked(event) {
    const bubble = event.target.closest(".bubble");
    const act = event.target.closest("[data-act], [data-fragment]");
    const acts = {
      quote: () => this.querySelector("cf-composer").quote(bubble),
      file: () => this.file(bubble),
      mend: () => this.file(bubble),
      life: () => this.#life(bubble.id),
      check: () => thenCatchUp(() => this.#again(bubble, "check")),
      "send-again": () => thenCatchUp(() => this.#again(bubble, "send-again")),
      unseen: () => this.#mark("unseen"),
      jump: () => this.list.scrollTo({ top: this.list.scrollHeight }),
    };
    if (bubble) {
      this.#choose(bubble);
    }
    if (event.metaKey || event.ctrlKey) {
      return;
    }
    if (act?.dataset.fragment) {
      event.preventDefault();
      thenCatchUp(() => this.#older(act));
    } else if (acts[act?.dataset.act]) {
      event.preventDefault();
      acts[act.dataset.act]();
    } else if (event.target.closest(".back")) {
      event.preventDefault();
      document.querySelector("cf-inbox").back();
    }
  }

  async #older(link) {
    const { ok, text } = await ask(link.dataset.fragment);
    if (!ok) {
      return;
    }
    const before = this.list.scrollHeight - this.list.scrollTop;
    const firstDay = this.list.querySelector(".day");
    link.closest(".older").replaceWith(nodes(text));
    const twins = this.list.querySelectorAll(`.day[data-day="${firstDay?.dataset.day}"]`);
    if (twins.length > 1) {
      firstDay.remove();
    }
    this.list.scrollTop = this.list.scrollHeight - before;
  }

  async #life(message) {
    const slot = document.querySelector(".life-slot");
    const { ok, text } = await ask(`/fragments/messages/${message}/life`);
    if (!ok || !slot) {
      location.assign(`/messages/${message}`);
      return;
    }
    slot.replaceChildren(nodes(text));
    slot.scrollIntoView({ block: "nearest" });
    if (getComputedStyle(slot.closest(".panel")).display === "none") {
      location.hash = "panel";
    }
  }

  async #again(bubble, act) {
    const { ok, text } = await send(`/fragments/messages/${bubble.id}/${act}`);
    if (ok) {
      this.#place(text, true);
    } else {
      this.querySelector("cf-composer").trouble(text);
    }
  }

  #changed({ change, conversation, message }) {
    if (conversation !== this.id_ || !message) {
      return;
    }
    const isNew = change === "message_new";
    if (isNew && this.dataset.newest !== "true") {
      return;
    }
    // One that is being fetched may be fetched as it was before.
    if (!isNew && !document.getElementById(message) && !this.#fetches.runs(message)) {
      return;
    }
    this.#fetches.run(message, async () => {
      const { status, text } = await ask(`/fragments/messages/${message}`);
      if (status === 200) {
        this.#place(text, false);
      } else if (status === 404) {
        // It was erased.
        document.getElementById(message)?.remove();
      }
    });
    if (isNew) {
      this.#window();
      this.#unseen = true;
      this.#look();
    }
  }

  /** Puts a bubble where it belongs. The fragment brings the heading of its day along. */
  #place(html, ours) {
    const fresh = nodes(html);
    const [day, bubble] = [fresh.querySelector(".day"), fresh.querySelector(".bubble")];
    const old = document.getElementById(bubble.id);
    if (old) {
      bubble.classList.toggle("chosen-bubble", old.classList.contains("chosen-bubble"));
      this.#keepPlaying(old, bubble);
      const held = old.contains(document.activeElement);
      old.replaceWith(bubble);
      this.#mirror();
      this.#settle();
      if (held) {
        bubble.focus({ preventScroll: true });
      }
      // What a person did, and what came of it, is in sight.
      const refused = bubble.querySelector("[data-act=mend]") && !old.querySelector("[data-act=mend]");
      if (ours || (refused && this.#filed.has(bubble.id))) {
        bubble.scrollIntoView({ block: "nearest" });
      }
      if (ours && bubble.querySelector(".filed")) {
        this.#filed.add(bubble.id);
      }
      return;
    }
    const end = this.#isAtEnd();
    const order = Number(bubble.dataset.order);
    const bubbles = [...this.list.querySelectorAll(".bubble")];
    const before = bubbles.findLast((one) => Number(one.dataset.order) <= order);
    this.list.querySelector(".empty")?.remove();
    if (before) {
      before.after(bubble);
    } else {
      const first = this.list.querySelector(".day, .bubble");
      first ? first.before(bubble) : this.list.append(bubble);
    }
    if (before?.dataset.day !== bubble.dataset.day) {
      bubble.before(day);
    }
    for (const picture of bubble.querySelectorAll("img")) {
      picture.addEventListener("load", () => this.#settle(), { once: true });
    }
    this.#mirror();
    if (end || ours) {
      this.list.scrollTop = this.list.scrollHeight;
      this.atEnd = true;
    } else {
      this.querySelector(".jump").hidden = false;
    }
  }

  /** The panel lists what the bubbles bear: where they were filed, and their files, newest first. */
  #mirror() {
    const lists = {
      filed: (mark) => [mark.textContent.trim(), mark.dataset.when],
      files: (file) => [file.dataset.name, file.dataset.about],
    };
    for (const [kind, words] of Object.entries(lists)) {
      const list = document.querySelector(`.panel [data-mirror=${kind}]`);
      const marks = [...this.list.querySelectorAll(kind === "filed" ? ".filed" : ".file")].reverse();
      const none = list.querySelector(".none");
      list.replaceChildren(...marks.map((mark) => this.#entry(mark, words(mark))), none);
    }
  }

  #entry(mark, [said, about]) {
    const [item, link, name, more] = ["li", "a", "bdi", "span"].map((tag) => document.createElement(tag));
    link.href = `#${mark.closest(".bubble").id}`;
    name.textContent = said;
    more.textContent = about;
    more.className = "muted";
    link.append(name, more);
    item.append(link);
    return item;
  }

  /** A voice note that plays goes on playing when only a mark on its bubble changed. */
  #keepPlaying(old, fresh) {
    const sources = (bubble) => [...bubble.querySelectorAll("audio, video, img")];
    sources(old).forEach((media, place) => {
      const twin = sources(fresh)[place];
      if (twin?.getAttribute("src") === media.getAttribute("src")) {
        twin.replaceWith(media);
      }
    });
  }

  #window() {
    this.#fetches.run("window", async () => {
      const { ok, text } = await ask(`/fragments/conversations/${this.id_}/window`);
      if (ok) {
        this.querySelector(".window-slot").replaceChildren(nodes(text));
      }
    });
  }

  /** Seen is what a person had before their eyes for a moment: the tab is shown and the window has the focus. */
  #look() {
    clearTimeout(this.looking);
    if (this.#unseen && !document.hidden && document.hasFocus()) {
      this.looking = setTimeout(() => this.isConnected && this.#mark("seen"), LOOKED_FOR);
    }
  }

  async #mark(how) {
    this.#unseen = false;
    await send(`/fragments/conversations/${this.id_}/${how}`);
  }
}

customElements.define("cf-thread", Thread);

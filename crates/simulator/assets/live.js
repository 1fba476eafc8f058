// <live-part source="…" events="…">: shows what the server renders at `source`, again after each event of `events`.
// Children are matched by data-key, so that only what changed is replaced and a playing recording is left in peace.
// It says "live-updated" when it has changed something, and "live-gone" / "live-back" when the server goes and comes.

const rendered = new WeakMap();

// What the server rendered for a child: it may have gained a class since.
const htmlOf = (child) => rendered.get(child) ?? child.outerHTML;

class LivePart extends HTMLElement {
  #stream = null;
  #asking = false;
  #again = false;

  connectedCallback() {
    this.#stream = new EventSource(this.getAttribute('events'));
    this.#stream.addEventListener('changed', () => this.refresh());
    this.#stream.addEventListener('open', () => {
      this.dispatchEvent(new CustomEvent('live-back', { bubbles: true }));
      this.refresh();
    });
    this.#stream.addEventListener('error', () => {
      this.dispatchEvent(new CustomEvent('live-gone', { bubbles: true }));
    });
  }

  disconnectedCallback() {
    this.#stream?.close();
  }

  async refresh() {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    try {
      do {
        this.#again = false;
        const answer = await fetch(this.getAttribute('source'), { cache: 'no-store' });
        if (answer.ok) this.#show(await answer.text());
      } while (this.#again);
    } catch {
      // The stream notices as well and asks again when the server is back.
    } finally {
      this.#asking = false;
    }
  }

  #show(text) {
    const wanted = new DOMParser().parseFromString(text, 'text/html').body;
    const known = new Map([...this.children].map((child) => [child.dataset.key, child]));
    let place = this.firstElementChild;
    let changed = false;
    for (const next of [...wanted.children]) {
      const old = known.get(next.dataset.key);
      known.delete(next.dataset.key);
      if (old && htmlOf(old) === next.outerHTML) {
        if (old === place) place = place.nextElementSibling;
        else this.insertBefore(old, place);
        continue;
      }
      changed = true;
      const fresh = document.importNode(next, true);
      rendered.set(fresh, next.outerHTML);
      if (old) {
        if (old === place) place = place.nextElementSibling;
        old.replaceWith(fresh);
        if (fresh.nextElementSibling !== place) this.insertBefore(fresh, place);
      } else {
        fresh.classList.add('fresh');
        this.insertBefore(fresh, place);
      }
    }
    for (const gone of known.values()) {
      gone.remove();
      changed = true;
    }
    if (changed) this.dispatchEvent(new CustomEvent('live-updated', { bubbles: true }));
  }
}

customElements.define('live-part', LivePart);

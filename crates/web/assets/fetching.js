// Fetching parts of pages. What comes back was written by our own templates and escaped there.

/** The nodes of a fragment. */
export function nodes(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/** Asks for a fragment. Answers with its status and text; goes to the sign-in page when nobody is signed in. */
export async function ask(url, options = {}) {
  const response = await fetch(url, { credentials: "same-origin", cache: "no-store", ...options });
  if (response.status === 401) {
    location.assign(`/sign-in?next=${location.pathname}`);
  }
  return { ok: response.ok, status: response.status, text: await response.text() };
}

/** Sends a form as most forms are sent, without a file. */
export function send(url, fields = {}, method = "POST") {
  return ask(url, { method, body: new URLSearchParams(fields) });
}

/**
 * Runs a task that asks for a part of the page and puts it in its place, and says again what changed meanwhile: the part may have been
 * made before that, and what would have changed it was not there yet.
 */
export async function thenCatchUp(task) {
  const missed = new Map();
  const miss = ({ detail }) => missed.set(JSON.stringify(detail), detail);
  document.addEventListener("counterfoil:change", miss);
  try {
    return await task();
  } finally {
    document.removeEventListener("counterfoil:change", miss);
    for (const detail of missed.values()) {
      document.dispatchEvent(new CustomEvent("counterfoil:change", { detail }));
    }
  }
}

/** Runs a task for a key; asked again while it runs, it runs once more afterwards and not in between. */
export class Coalesce {
  #running = new Map();

  /** Whether a task runs for a key. */
  runs(key) {
    return this.#running.has(key);
  }

  async run(key, task) {
    if (this.#running.has(key)) {
      this.#running.set(key, true);
      return;
    }
    do {
      this.#running.set(key, false);
      try {
        await task();
      } catch {
        // The live stream notices that the server is away, and catches up afterwards.
      }
    } while (this.#running.get(key));
    this.#running.delete(key);
  }
}

/** Calls a function once a pause of so many milliseconds has passed since it was last wanted. */
export function afterPause(milliseconds, task) {
  let timer;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(task, milliseconds);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}

// Pictures in large, and voice notes at another speed.

class Zoom extends HTMLElement {
  connectedCallback() {
    const dialog = this.querySelector("dialog");
    const away = new AbortController();
    this.away = away;
    document.addEventListener(
      "click",
      (event) => {
        const link = event.target.closest("[data-act=zoom]");
        if (link && !event.metaKey && !event.ctrlKey) {
          event.preventDefault();
          const picture = this.querySelector("img");
          picture.src = link.href;
          picture.alt = link.querySelector("img").alt;
          dialog.showModal();
        } else if (event.target === dialog) {
          dialog.close();
        }
      },
      { signal: away.signal },
    );
  }

  disconnectedCallback() {
    this.away.abort();
  }
}

const SPEEDS = [1, 1.5, 2];

class Sound extends HTMLElement {
  connectedCallback() {
    if (this.querySelector("button")) {
      return;
    }
    const audio = this.querySelector("audio");
    const button = document.createElement("button");
    button.type = "button";
    button.dir = "ltr";
    const show = () => {
      button.textContent = `${audio.playbackRate}×`;
      button.setAttribute("aria-label", `${this.dataset.said} ${audio.playbackRate}×`);
    };
    button.addEventListener("click", () => {
      audio.playbackRate = SPEEDS[(SPEEDS.indexOf(audio.playbackRate) + 1) % SPEEDS.length];
      show();
    });
    show();
    this.append(button);
  }
}

customElements.define("cf-zoom", Zoom);
customElements.define("cf-sound", Sound);

// Keeps relative times and countdowns true, and tells the server in which zone this browser is.

const EVERY = 15_000;
const DAY = 24 * 60;

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) {
  const secure = location.protocol.startsWith("https") ? "; Secure" : "";
  document.cookie = `counterfoil-zone=${zone}; Path=/; SameSite=Lax; Max-Age=31536000${secure}`;
}

const said = (key, number) => document.body.dataset[key].replace("#", number);

function span(minutes) {
  if (minutes < 1) {
    return document.body.dataset.now;
  }
  return minutes < 60 ? said("minutes", minutes) : said("hours", Math.floor(minutes / 60));
}

function countdown(minutes) {
  if (minutes < 60) {
    return said("minutes", Math.max(1, minutes));
  }
  const rest = minutes % 60;
  return rest ? `${said("hours", Math.floor(minutes / 60))} ${said("minutes", rest)}` : said("hours", minutes / 60);
}

function tick() {
  const minutesTo = (iso) => (Date.parse(iso) - Date.now()) / 60_000;
  for (const time of document.querySelectorAll("[data-ago]")) {
    const ago = Math.floor(-minutesTo(time.dateTime));
    // Beyond half a day the server's words (a day, a date) stay true long enough.
    if (ago < DAY / 2) {
      time.textContent = span(Math.max(0, ago));
    }
  }
  for (const place of document.querySelectorAll("[data-until]")) {
    const left = minutesTo(place.dataset.until);
    if (left > 0) {
      place.textContent = ("short" in place.dataset ? span : countdown)(Math.floor(left));
    } else if (place.closest(".window-slot")) {
      document.dispatchEvent(new CustomEvent("counterfoil:window"));
    } else {
      place.closest(".fact")?.remove();
    }
  }
}

setInterval(tick, EVERY);
document.addEventListener("visibilitychange", () => document.hidden || tick());

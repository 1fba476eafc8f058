// The demo's outer page: asks what really happened and ticks the steps off; shows the disk and the flipped bit.
// It holds no content: what it shows comes from this machine's own demo server.

const byId = (id) => document.getElementById(id);
const narrow = matchMedia("(max-width: 48rem)");
const number = (count) => count.toLocaleString("en");
const places = (count) => `${number(count)} ${count === 1 ? "place" : "places"}`;

function make(tag, text, className) {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
}

// Steps ---------------------------------------------------------------------------------------------------------------

let behind = 500;
async function ask() {
  try {
    const answer = await fetch("/steps");
    if (!answer.ok) throw new Error("not ready");
    show(await answer.json());
    behind = 500;
  } catch {
    byId("foot").textContent = "The demo has ended. Start it again with: counterfoil demo";
    behind = 3000;
  }
  setTimeout(ask, behind);
}

// The steps after which the agent's keys are wanted: opening, answering, filing.
const AGENT = [1, 2, 4];
let before;

function show({ done, samples }) {
  const items = [...byId("steps").children];
  const next = done.indexOf(false);
  if (next !== before && AGENT.includes(next)) listen();
  before = next;
  items.forEach((item, at) => {
    item.classList.toggle("done", done[at]);
    item.classList.toggle("now", at === next);
    if (at === next) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  });
  const count = done.filter(Boolean).length;
  byId("count").textContent = `${count}/5`;
  byId("foot").textContent = samples.filled < samples.of
    ? `Sample conversations arrive behind: ${samples.filled} of ${samples.of}`
    : `${samples.of} sample conversations are in the inbox too.`;
}

// Gives the inbox the keys, where handset and inbox stand side by side.
function listen() {
  const desk = byId("inbox");
  if (!narrow.matches && !desk.hidden && document.activeElement !== desk && !document.querySelector("dialog[open]")) desk.focus();
}

async function copy(button, text) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Please copy it by hand";
  }
  setTimeout(() => { button.textContent = label; }, 1500);
}
byId("copy").addEventListener("click", (event) => copy(event.target, byId("line").textContent));
for (const button of document.querySelectorAll(".copy-claim")) {
  button.addEventListener("click", () => copy(button, byId("claim").textContent));
}

// Tabs ----------------------------------------------------------------------------------------------------------------

// On a phone one part is shown at a time, and a reload shows it again.
function part(name) {
  document.body.dataset.tab = name;
  history.replaceState(null, "", `#${name}`);
  for (const button of document.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", String(button.dataset.show === name));
}
for (const button of document.querySelectorAll("[data-show]")) button.addEventListener("click", () => part(button.dataset.show));
if (document.querySelector(`[data-show="${CSS.escape(location.hash.slice(1))}"]`)) part(location.hash.slice(1));

function view(name) {
  for (const one of ["inbox", "pas"]) {
    byId(one).hidden = one !== name;
    byId(`tab-${one}`).setAttribute("aria-selected", String(one === name));
  }
  const frame = byId(name);
  if (name === "pas") frame.src = frame.dataset.src;
}
byId("tab-inbox").addEventListener("click", () => view("inbox"));
byId("tab-pas").addEventListener("click", () => view("pas"));
byId("see-claim").addEventListener("click", () => {
  part("desk");
  view("pas");
});

// Look at the disk ------------------------------------------------------------------------------------------------------

byId("look").addEventListener("click", async () => {
  byId("found").replaceChildren();
  byId("disk").showModal();
  // One types over the word that stands there.
  byId("word").focus();
  byId("word").select();
  const into = byId("disk-row");
  into.replaceChildren(make("p", "Looking …"));
  const answer = await fetch("/disk");
  if (!answer.ok) {
    into.replaceChildren(make("p", await answer.text()));
    return;
  }
  const { columns, row, blob } = await answer.json();
  into.replaceChildren(make("p", "The newest message of your conversation, as the database keeps it. There is nothing else of it: no text, no name, no number."));
  const facts = make("dl", undefined, "facts");
  for (const [name, value] of columns) facts.append(make("dt", name), make("dd", value));
  into.append(facts);
  bytes(into, "Its words", row);
  if (blob) bytes(into, "The newest file of your conversation", blob);
});
byId("word").addEventListener("focus", (event) => event.target.select());

function bytes(into, title, { file, from, length, dump }) {
  const place = from === null ? `in the file ${file}` : `in the file ${file} from byte ${number(from)} on`;
  into.append(make("h3", `${title}: ${number(length)} sealed bytes, ${place}`), make("pre", dump));
}

byId("search").addEventListener("submit", async (event) => {
  event.preventDefault();
  const found = byId("found");
  found.replaceChildren(make("p", "Searching …"));
  const answer = await fetch("/disk/search", { method: "POST", body: byId("word").value });
  if (!answer.ok) {
    found.replaceChildren(make("p", await answer.text(), "verdict wrong"));
    return;
  }
  const { word, files, bytes: size, hits, control } = await answer.json();
  const where = `${number(files)} files, ${number(size)} bytes`;
  const nowhere = hits.length === 0;
  const verdict = nowhere ? `“${word}” is nowhere: ${where} searched.` : `“${word}” is in ${places(hits.length)}: ${where} searched.`;
  found.replaceChildren(make("p", verdict, nowhere ? "verdict" : "verdict wrong"));
  if (!nowhere) found.append(make("pre", hits.map((hit) => `${hit.file}, byte ${hit.at} (${hit.form}): ${hit.around}`).join("\n")));
  found.append(make("p", `Searched as UTF-8 in any case, UTF-16, hex, JSON escapes and base64. To see that the search works: “${control.word}”, a word of the table definitions, is in ${places(control.hits)}. The keys are not in this folder.`, "small"));
});

// Flip a bit ------------------------------------------------------------------------------------------------------------

const phases = [...byId("phases").children];

// Phases count from one; all are done once there is a phase behind the last.
function reach(phase) {
  phases.forEach((line, at) => {
    line.classList.toggle("done", at + 1 < phase);
    line.classList.toggle("now", at + 1 === phase);
  });
}

async function follow(flipping) {
  while (flipping.busy) {
    const answer = await fetch("/flip").catch(() => null);
    if (answer?.ok && flipping.busy) reach((await answer.json()).phase);
    await new Promise((next) => setTimeout(next, 200));
  }
}

byId("flip").addEventListener("click", async () => {
  byId("bit").showModal();
  const into = byId("bit-said");
  into.replaceChildren();
  reach(1);
  const flipping = { busy: true };
  follow(flipping);
  const answer = await fetch("/flip", { method: "POST" });
  flipping.busy = false;
  if (!answer.ok) {
    reach(0);
    into.replaceChildren(make("p", await answer.text(), "verdict wrong"));
    return;
  }
  reach(phases.length + 1);
  const { files, bytes: size, leaves, at, after, said } = await answer.json();
  into.replaceChildren(
    make("p", after, "verdict wrong"),
    make("p", `Copied ${number(files)} files, ${number(size)} bytes. The copy was sound, ${number(leaves)} entries in its log. Then the lowest bit of byte ${number(at)} of data.db, which lies in your newest message, was flipped. The data that you work with was not touched, and the copy is gone.`),
    make("h3", "What counterfoil verify said"),
    make("pre", said, "report"),
  );
  // What differs stands at the end.
  const report = into.querySelector("pre");
  report.scrollTop = report.scrollHeight;
});

ask();

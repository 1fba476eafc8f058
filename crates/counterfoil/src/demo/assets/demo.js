// The demo's outer page: asks what really happened and ticks the steps off; shows the disk and the flipped bit.
// It holds no content: what it shows comes from this machine's own demo server.

const byId = (id) => document.getElementById(id);

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

function show({ done, samples }) {
  const items = [...byId("steps").children];
  const next = done.indexOf(false);
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
byId("copy-claim").addEventListener("click", (event) => copy(event.target, event.target.closest("li").querySelector("code").textContent));

// Tabs ----------------------------------------------------------------------------------------------------------------

for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => {
    document.body.dataset.tab = button.dataset.show;
    for (const other of document.querySelectorAll("[data-show]")) other.setAttribute("aria-pressed", String(other === button));
  });
}
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

// Look at the disk ------------------------------------------------------------------------------------------------------

byId("look").addEventListener("click", async () => {
  byId("found").replaceChildren();
  byId("disk").showModal();
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
  if (blob) bytes(into, "Its newest file", blob);
});

function bytes(into, title, { place, length, dump }) {
  into.append(make("h3", `${title}: ${length.toLocaleString("en")} sealed bytes, ${place}`), make("pre", dump));
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
  const where = `${files} files, ${size.toLocaleString("en")} bytes`;
  const nowhere = hits.length === 0;
  const verdict = nowhere ? `“${word}” is nowhere: ${where} searched.` : `“${word}” is in ${hits.length} place${hits.length === 1 ? "" : "s"}: ${where} searched.`;
  found.replaceChildren(make("p", verdict, nowhere ? "verdict" : "verdict wrong"));
  if (!nowhere) found.append(make("pre", hits.map((hit) => `${hit.file}, byte ${hit.at} (${hit.form}): ${hit.around}`).join("\n")));
  found.append(make("p", `Searched as UTF-8 in any case, UTF-16, hex, JSON escapes and base64. To see that the search works: “${control.word}”, a word of the table definitions, is in ${control.hits} places. The keys are not in this folder.`, "small"));
});

// Flip a bit ------------------------------------------------------------------------------------------------------------

byId("flip").addEventListener("click", async () => {
  byId("bit").showModal();
  const into = byId("bit-said");
  into.replaceChildren(make("p", "Copying the data, checking the copy, flipping one bit of your newest message in it, checking again …"));
  const answer = await fetch("/flip", { method: "POST" });
  if (!answer.ok) {
    into.replaceChildren(make("p", await answer.text(), "verdict wrong"));
    return;
  }
  const { copied, before, flipped, after, said } = await answer.json();
  into.replaceChildren(
    make("p", copied),
    make("p", before),
    make("p", flipped),
    make("p", after, "verdict wrong"),
    make("h3", "What counterfoil verify said"),
    make("pre", said),
    make("p", "The data that you work with was not touched, and the copy is gone.", "small"),
  );
  // The verdict is at the end.
  const report = into.querySelector("pre");
  report.scrollTop = report.scrollHeight;
});

ask();

// What the page does: doors open the panel, citations show their reference, a button shows where numbers come from.

const panel = new Panel();
const tip = document.getElementById("tip");

function opens(link) {
  const route = link.getAttribute("href") ?? "";
  return ADDRESS.test(route) ? route : null;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.hasAttribute("data-leave")) {
    event.preventDefault();
    panel.leave(targetOf(link));
  } else if (opens(link)) {
    event.preventDefault();
    // The second click of a double click opens nothing.
    if (event.detail < 2) panel.open(opens(link));
  }
});

const RANGE = /^\s*[–-]\s*$/;

/** The entries of a link to the list of references: its own, and of a link at an end of a range (8–10) all in it. */
function entriesOf(link) {
  const isLink = (node) => node?.matches?.("a[role=doc-biblioref]"), own = targetOf(link);
  const ends = [link.previousSibling, link.nextSibling].map((sign, after) => {
    const other = sign && (after ? sign.nextSibling : sign.previousSibling);
    return sign?.nodeType === Node.TEXT_NODE && RANGE.test(sign.data) && isLink(other) ? targetOf(other) : null;
  });
  const [first, last] = [ends[0] ?? own, ends[1] ?? own], entries = [];
  if (!isLink(link) || !first || first.parentNode !== last?.parentNode) return [own].filter(Boolean);
  for (let entry = first; entry; entry = entry.nextElementSibling) {
    entries.push(entry);
    if (entry === last) return entries;
  }
  return [own];
}

/** Shows the reference of a citation beside it, of a range all. */
function showTip(link) {
  const entries = entriesOf(link);
  if (!entries.length) return;
  tip.replaceChildren(...entries.map((entry) => element("p", {}, entry.textContent.replaceAll("↩︎", "").trim().replace(/\s+/g, " "))));
  tip.hidden = false;
  link.setAttribute("aria-describedby", "tip");
  const at = link.getBoundingClientRect(), width = tip.offsetWidth;
  tip.style.setProperty("left", `${Math.max(8, Math.min(at.left, innerWidth - width - 8)) + scrollX}px`);
  const below = at.bottom + tip.offsetHeight + 8 < innerHeight;
  tip.style.setProperty("top", `${(below ? at.bottom + 2 : at.top - tip.offsetHeight - 2) + scrollY}px`);
}

function hideTip() {
  tip.hidden = true;
  document.querySelector("[aria-describedby=tip]")?.removeAttribute("aria-describedby");
}

for (const link of document.querySelectorAll("a[role=doc-biblioref], a[role=doc-noteref]")) {
  link.addEventListener("mouseenter", () => showTip(link));
  link.addEventListener("focus", () => showTip(link));
  link.addEventListener("mouseleave", () => setTimeout(() => tip.matches(":hover") || hideTip(), 120));
  link.addEventListener("blur", hideTip);
}
tip.addEventListener("mouseleave", hideTip);
document.addEventListener("keydown", (event) => event.key === "Escape" && hideTip());

const sources = document.getElementById("sources");
sources.addEventListener("click", () => {
  const shown = document.body.classList.toggle("sources");
  sources.setAttribute("aria-pressed", String(shown));
  document.querySelector(".legend").hidden = !shown;
});

liveTables();
if (matchMedia("(max-width: 60rem)").matches) document.querySelector(".contents details").open = false;
// An address that a reader writes into the bar, and one of the history.
for (const event of ["popstate", "hashchange"]) addEventListener(event, () => panel.arrive());
panel.arrive();

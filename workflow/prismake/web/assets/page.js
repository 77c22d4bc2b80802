// What the page does: doors open the panel, citations show their reference, a button shows where numbers come from.

const panel = new Panel();
const tip = document.getElementById("tip");

function opens(link) {
  const route = link.getAttribute("href") ?? "";
  return /^#(?:n\d+$|changes$|(?:study|record|box)\/)/.test(route) ? route : null;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.hasAttribute("data-leave")) {
    event.preventDefault();
    panel.leave(targetOf(link));
  } else if (opens(link)) {
    event.preventDefault();
    panel.open(opens(link));
  }
});

/** Shows the reference of a citation beside it. */
function showTip(link) {
  const entry = targetOf(link);
  if (!entry) return;
  tip.textContent = entry.textContent.replaceAll("↩︎", "").trim().replace(/\s+/g, " ");
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
addEventListener("hashchange", () => panel.open(location.hash));
if (location.hash) panel.open(location.hash);

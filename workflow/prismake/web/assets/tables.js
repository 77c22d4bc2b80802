// Tables of the article sort by a column and show the rows that hold a word.

const MANY = 5;

/** The words of a cell. */
function wordsOf(cells, index) {
  return (cells[index]?.textContent ?? "").trim();
}

/** The number with which a cell begins (`1,234`, `−0.5 (0.1)`, `<0.001`); none where it begins with words. */
function numberOf(words) {
  const match = /^[<>≤≥]?\s*([−–-]?)\s*(\d[\d,\u00a0\u202f]*)(?:[.·](\d+))?/.exec(words);
  return match ? Number(`${match[1] ? "-" : ""}${match[2].replace(/\D/g, "")}.${match[3] ?? 0}`) : null;
}

const alphabetical = new Intl.Collator("en", { numeric: true }).compare;

// What a cell says that has nothing to say.
const NOTHING = /^(?:|[-–—…]|n\/?a|nr|not (?:applicable|available|reported|stated))$/i;

/** Which of two cells is first: numbers by their size, before words, before nothing; `falling`: the last of each. */
function compareCells(one, other, falling = false) {
  const [a, b] = [numberOf(one), numberOf(other)];
  const rank = (words, number) => (NOTHING.test(words) ? 2 : Number(number === null));
  const order = a === null || b === null ? 0 : a - b;
  return rank(one, a) - rank(other, b) || (falling ? -1 : 1) * (order || alphabetical(one, other));
}

/** Gives a header a button that sorts its table by its column: its words, or beside them where they have links. */
function sortable(table, header, index) {
  const linked = header.querySelector("a"), words = header.textContent.trim();
  const button = element("button", { type: "button", class: "sort", "aria-label": linked && `Sort by ${words}` }, linked ? [] : [...header.childNodes]);
  button.addEventListener("click", () => {
    const falling = header.getAttribute("aria-sort") === "ascending";
    const body = table.tBodies[0], rows = [...body.rows];
    rows.sort((a, b) => compareCells(wordsOf(a.cells, index), wordsOf(b.cells, index), falling));
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", falling ? "descending" : "ascending");
    body.append(...rows);
  });
  if (linked) header.append(button);
  else header.replaceChildren(button);
}

/** A field above a table that leaves the rows which hold its words. */
function filterOf(table, name) {
  const status = element("span", { role: "status", class: "count" });
  const field = element("input", { type: "search", "aria-label": `Filter the rows of ${name}` });
  field.addEventListener("input", () => {
    const wanted = folded(field.value).split(/\s+/).filter(Boolean), rows = [...table.tBodies[0].rows];
    for (const row of rows) row.hidden = !wanted.every((word) => folded(row.textContent).includes(word));
    const left = rows.filter((row) => !row.hidden).length;
    status.textContent = wanted.length ? `${left} of ${counted(rows.length, "row")}` : "";
  });
  return element("p", { class: "filter" }, element("label", {}, "Filter ", field), status);
}

/** Empties the filter that hides a part of a table. */
function uncover(part) {
  const field = part.closest("tr[hidden]") && part.closest(".float")?.querySelector(".filter input");
  if (!field) return;
  field.value = "";
  field.dispatchEvent(new Event("input"));
}

/** Gives the tables of the article their buttons, where rows and columns are whole. */
function liveTables() {
  for (const table of document.querySelectorAll("article .float.tbl table")) {
    const plain = table.tBodies.length === 1 && table.tHead?.rows.length === 1 && !table.querySelector("[rowspan],[colspan]");
    if (!plain || table.tBodies[0].rows.length < MANY) continue;
    [...table.tHead.rows[0].cells].forEach((header, index) => header.textContent.trim() && sortable(table, header, index));
    const float = table.closest(".float"), label = float?.querySelector(".label")?.textContent ?? "the table";
    table.closest(".scroll").before(filterOf(table, label.replace(/\W+$/, "")));
  }
}

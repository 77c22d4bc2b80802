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

/** Which of two cells is first: numbers by their size, before words. */
function compareCells(one, other) {
  const [a, b] = [numberOf(one), numberOf(other)];
  if (a === null || b === null) return (a === null) - (b === null) || alphabetical(one, other);
  return a - b || alphabetical(one, other);
}

/** Gives a header a button that sorts its table by its column: its words, or beside them where they have links. */
function sortable(table, header, index) {
  const linked = header.querySelector("a"), words = header.textContent.trim();
  const button = element("button", { type: "button", class: "sort", "aria-label": linked && `Sort by ${words}` }, linked ? [] : [...header.childNodes]);
  button.addEventListener("click", () => {
    const falling = header.getAttribute("aria-sort") === "ascending";
    const body = table.tBodies[0], rows = [...body.rows];
    // Cells without words stay below.
    rows.sort((a, b) => {
      const [one, other] = [wordsOf(a.cells, index), wordsOf(b.cells, index)];
      return (one === "") - (other === "") || (falling ? -1 : 1) * compareCells(one, other);
    });
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

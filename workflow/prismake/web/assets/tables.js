// Tables of the article sort by a column and show the rows that hold a word.

const MANY = 5;

/** The words of a cell. */
function wordsOf(cells, index) {
  return (cells[index]?.textContent ?? "").trim();
}

/** Makes a header a button that sorts its table by its column. */
function sortable(table, header, index) {
  const button = element("button", { type: "button", class: "sort" }, ...header.childNodes);
  button.addEventListener("click", () => {
    const falling = header.getAttribute("aria-sort") === "ascending";
    const compare = new Intl.Collator("en", { numeric: true }).compare;
    const body = table.tBodies[0], rows = [...body.rows];
    rows.sort((a, b) => (falling ? -1 : 1) * compare(wordsOf(a.cells, index), wordsOf(b.cells, index)));
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", falling ? "descending" : "ascending");
    body.append(...rows);
  });
  header.replaceChildren(button);
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

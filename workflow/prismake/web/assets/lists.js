// A list of records: searched, sorted, and drawn only where it is in view, so that 10,000 scroll as ten do.

// The height of a row in pixels, where letters have 16, on wide and on narrow screens.
const ROW = 120, NARROW_ROW = 154;
const AROUND = 8;
const ORDERS = { "": "as listed", title: "title", author: "author", year: "year", journal: "journal", database: "database", doi: "DOI", reason: "reason" };
const narrow = matchMedia("(max-width: 40rem)");

function rowHeight() {
  return Math.round((narrow.matches ? NARROW_ROW : ROW) * parseFloat(getComputedStyle(document.documentElement).fontSize) / 16);
}

/** A text without accents and in small letters, as it is searched and sorted. */
function folded(content) {
  return String(content).normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

class RecordList {
  /** `rows` are `{place, reason}`, `noun` is what they are, one and several. */
  constructor(source, rows, name, noun = ["record", "records"]) {
    this.source = source;
    this.noun = noun;
    this.rows = rows;
    this.shown = rows;
    this.hay = null;
    this.height = rowHeight();
    this.items = element("ol", { class: "rows" });
    this.view = element("div", { class: "list-view", tabindex: "0", role: "region", "aria-label": `Records: ${name}` }, this.items);
    this.count = element("p", { class: "count", role: "status" });
    this.view.addEventListener("scroll", () => requestAnimationFrame(() => this.draw()));
    this.view.addEventListener("keydown", (event) => this.move(event));
  }

  /** The search field, the order, the buttons and the list. */
  get parts() {
    const search = element("input", { type: "search", id: "list-search", on: { input: () => this.search(search.value) } });
    const order = element("select", { id: "list-order", on: { change: () => this.sort(order.value) } },
      Object.entries(ORDERS).filter(([value]) => value !== "reason" || this.rows.some((row) => row.reason)).map(([value, label]) => element("option", { value }, label)));
    const save = (kind) => element("button", { type: "button", on: { click: () => download(this, kind) } }, `Save as ${kind.toUpperCase()}`);
    return [
      element("div", { class: "list-head" },
        element("label", { for: "list-search" }, "Search"), search,
        element("label", { for: "list-order" }, "Order"), order, save("csv"), save("ris")),
      this.count, this.view,
    ];
  }

  words(row) {
    const field = (name) => this.source.field(name, row.place);
    return folded(["title", "author", "year", "journal", "doi", "database", "id"].map(field).concat(row.reason).join(" "));
  }

  search(sought) {
    const wanted = folded(sought).split(/\s+/).filter(Boolean);
    this.hay ??= new Map(this.rows.map((row) => [row, this.words(row)]));
    this.shown = wanted.length ? this.ordered.filter((row) => wanted.every((word) => this.hay.get(row).includes(word))) : this.ordered;
    this.view.scrollTop = 0;
    this.draw();
  }

  get ordered() {
    return this.sorted ?? this.rows;
  }

  sort(name) {
    const words = (row) => (name === "reason" ? row.reason ?? "" : this.source.field(name, row.place));
    const keys = new Map(this.rows.map((row) => [row, name ? folded(words(row)) : ""]));
    const compare = new Intl.Collator("en", { numeric: true }).compare;
    // Records that lack what is sorted by are last.
    const order = (one, other) => (one === "") - (other === "") || compare(one, other);
    this.sorted = name ? [...this.rows].sort((a, b) => order(keys.get(a), keys.get(b))) : this.rows;
    const field = document.getElementById("list-search");
    this.search(field ? field.value : "");
  }

  move(event) {
    const last = this.shown.length * this.height;
    const targets = { Home: 0, End: last, ArrowDown: this.view.scrollTop + this.height, ArrowUp: this.view.scrollTop - this.height };
    if (event.target === this.view && event.key in targets) {
      this.view.scrollTop = targets[event.key];
      event.preventDefault();
    }
  }

  draw() {
    this.height = rowHeight();
    const total = this.shown.length, whole = this.rows.length;
    this.count.textContent = total === whole ? counted(whole, ...this.noun) : `${grouped(total)} of ${counted(whole, ...this.noun)}`;
    this.items.style.setProperty("height", `${total * this.height}px`);
    const first = Math.max(0, Math.floor(this.view.scrollTop / this.height) - AROUND);
    const last = Math.min(total, Math.ceil((this.view.scrollTop + (this.view.clientHeight || 600)) / this.height) + AROUND);
    const focused = this.items.contains(document.activeElement) ? document.activeElement.closest("li").dataset.row : null;
    const made = [];
    for (let index = first; index < last; index += 1) made.push(this.row(index, total));
    this.items.replaceChildren(...made);
    if (focused !== null) this.items.querySelector(`li[data-row="${focused}"] a`)?.focus({ preventScroll: true });
  }

  row(index, total) {
    const { place, reason } = this.shown[index], field = (name) => this.source.field(name, place);
    const about = ["year", "journal", "database", "doi"].map(field).filter(Boolean), authors = shortened(field("author"));
    const item = element("li", { "data-row": index, "aria-setsize": total, "aria-posinset": index + 1 },
      element("a", { href: routeTo("record", field("id")) }, text(field("title") || "(no title)")),
      authors ? element("p", { class: "authors" }, text(authors)) : null,
      element("p", { class: "about" }, about.map((part, at) => [at ? " · " : "", text(part)])), reason ? element("p", { class: "reason" }, text(reason)) : null);
    item.style.setProperty("top", `${index * this.height}px`);
    item.style.setProperty("height", `${this.height}px`);
    return item;
  }
}

/** The first three authors. */
function shortened(authors) {
  const names = authors.split("; ");
  return names.length > 3 ? `${names.slice(0, 3).join("; ")} et al` : authors;
}

// What the panel shows: a number, a value's records, a study, a record, a list. Each gives a title and its parts.

const SOURCES = {
  value: "Computed from the records and tables of this review",
  table: "From the row of a study",
  outcome: "From the row of an outcome",
  settings: "Set by the authors in the settings of this review",
  written: "Part of a text that the workflow writes",
  stated: "Typed by an author, and stated with its source",
  typed: "Typed by an author",
  unexplained: "In the document, but not in the manuscript that it was made from",
};

/** What a table of the data has under a name; its own entries alone, whatever the name. */
function own(table, name) {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Links to the studies that a value rests on. */
function studyLinks(source, ids) {
  const known = ids.filter((id) => own(source.studies, id));
  if (!known.length) return null;
  return element("ul", { class: "links" }, known.map((id) => element("li", {}, element("a", { href: routeTo("study", id) }, text(source.studies[id].name)))));
}

// Other places of a number that a panel lists.
const MANY_PLACES = 30;

/** Whether two lists have something in common. */
function meet(one = [], other = []) {
  return one.some((item) => other.includes(item));
}

/** Whether a number rests on a cell: it stands in the same cells of the same study, or is computed from them. */
function restsOn(source, number, { study, columns }) {
  if (own(source.studies, number.study)) return number.study === study && meet(number.columns, columns);
  return (number.values ?? []).some((name) => meet(own(source.values, name)?.studies, [study]) && meet(source.values[name].columns, columns));
}

/** The other places of the page where the same values stand; of a number of a study's row, those that rest on it. */
function elsewhere(source, place) {
  const about = source.numbers[place];
  const related = (number) => (own(source.studies, about.study) ? restsOn(source, number, about) : meet(number.values, about.values));
  const others = Object.entries(source.numbers).filter(([other, number]) =>
    other !== place && document.getElementById(`n${other}`) && related(number));
  if (!others.length) return null;
  const quote = ({ before = "", text: number, after = "" }) => [before, element("strong", {}, number), after];
  return element("ul", { class: "links" }, others.slice(0, MANY_PLACES).map(([other, number]) =>
    element("li", {}, element("a", { href: `#n${other}`, "data-leave": true }, quote(number)), number.section ? element("span", { class: "section" }, ` ${number.section}`) : null)));
}

function valueParts(source, name) {
  const value = own(source.values, name);
  if (!value) return [];
  const box = value.box ? source.boxes.get(value.box) : null;
  const [one, many] = value.noun ?? ["", ""];
  return [terms([
    ["Value", element("code", {}, name)],
    ["Result", value.result ? text(value.result) : ""],
    ["Interval", value.interval ? text(value.interval) : ""],
    ["Counts", many || one],
    ["Unit", value.unit ?? ""],
    ["Computed as", text(value.how)],
    ["From", (value.files ?? []).join("; ")],
    ["Columns", (value.columns ?? []).join(", ")],
    ["Records", box && (box.records || box.listed) ? element("a", { href: routeTo("box", box.id) }, `Open the list: ${box.label}`) : ""],
    ["Studies", studyLinks(source, value.studies ?? [])],
  ])];
}

/** Why a number changed; records and studies are links. */
function reasonOf({ why }) {
  return why.map((part) => (Array.isArray(part) ? element("a", { href: part[1] }, text(part[0])) : text(part)));
}

function numberView(source, place) {
  const number = own(source.numbers, place);
  if (!number) return null;
  const study = number.study && own(source.studies, number.study);
  const parts = [
    element("p", { class: "quote" }, number.before ?? "", element("strong", {}, number.text), number.after ?? ""),
    ...(source.changes?.numbers ?? []).filter((change) => change.doors.includes(place)).map((change) =>
      element("p", { class: "change" }, `Was ${change.was?.[change.doors.indexOf(place)] ?? change.old}`, change.why.length ? [": ", reasonOf(change)] : null)),
    element("p", { class: `source ${number.source}` }, SOURCES[number.source] ?? number.source),
    ...(number.values ?? []).map((name) => valueParts(source, name)).flat(),
    terms([
      ["How", number.how ? text(number.how) : ""],
      ["Study", study ? element("a", { href: routeTo("study", number.study) }, text(study.name)) : ""],
      ["Columns", (number.columns ?? []).join(", ")],
      ["From", (number.files ?? []).join("; ")],
      ["Works cited there", (number.works ?? []).join(", ")],
      ["Written in", number.place ?? ""],
      ["Expression", number.expression ? element("code", {}, number.expression) : ""],
    ]),
  ];
  const others = elsewhere(source, place);
  if (others) parts.push(element("h3", {}, study ? "The same cell, and numbers computed from it" : "Also stands in"), others);
  return { title: number.text, parts };
}

function appraisalParts(appraisal, wanted) {
  const rows = appraisal.items.map(([id, subject, answer, note]) => element("tr", { class: wanted === `item_${id}` ? "wanted" : null },
    element("th", { scope: "row" }, id), element("td", {}, text(subject)), element("td", {}, answer), note ? element("td", {}, text(note)) : element("td", {})));
  const withNotes = appraisal.items.some(([, , , note]) => note);
  const header = ["Item", "Subject", "Answer", ...(withNotes ? ["Note"] : [])];
  if (!withNotes) for (const row of rows) row.lastChild.remove();
  return [
    element("h3", {}, appraisal.about ? `${appraisal.form}: ${appraisal.about}` : appraisal.form),
    appraisal.overall ? element("p", {}, `Overall: ${appraisal.overall}`) : null,
    element("table", {}, element("thead", {}, element("tr", {}, header.map((name) => element("th", { scope: "col" }, name)))), element("tbody", {}, rows)),
  ];
}

function studyView(source, id, wanted = "") {
  const study = own(source.studies, id);
  if (!study) return null;
  const records = study.records.map((place) => element("li", {}, element("a", { href: routeTo("record", source.field("id", place)) }, text(source.field("title", place) || "(no title)"))));
  const parts = [terms(study.row.map(([name, content]) => [name, text(content)])), ...study.appraisals.map((appraisal) => appraisalParts(appraisal, wanted)).flat()];
  if (records.length) parts.push(element("h3", {}, "Reports"), element("ul", { class: "links" }, records));
  if (document.getElementById(`ref-${id}`)) parts.push(element("p", {}, element("a", { href: `#ref-${id}`, "data-leave": true }, "Its reference in the list")));
  return { title: study.name, parts, after: () => document.querySelector("tr.wanted")?.scrollIntoView({ block: "center" }) };
}

/** The address of a DOI; every character that an address must not have is escaped. */
function doiLink(doi) {
  return element("a", { href: `https://doi.org/${encodeURIComponent(doi).replaceAll("%2F", "/")}`, rel: "noopener noreferrer" }, text(doi));
}

function decisionParts(source, place) {
  const trail = source.records.trail, rows = source.lives.steps.get(place) ?? [];
  return rows.map((row) => {
    const field = (name) => (trail[name] ? cell(trail[name], row) : "");
    const because = [field("label"), field("matched") && `rule: ${field("matched")}`, field("by"), field("note")].filter(Boolean).join("; ");
    return element("li", {}, element("strong", {}, field("stage")), `: ${field("decision")}`, because ? text(` (${because})`) : null);
  });
}

// More authors than are shown at once, and those that are.
const MANY_AUTHORS = 50, FIRST_AUTHORS = 10;

/** The authors of a record; of a great many the first, with the others to be opened. */
function authorParts(authors) {
  const names = authors.split("; ");
  if (names.length <= MANY_AUTHORS) return text(authors);
  const others = names.slice(FIRST_AUTHORS);
  return element("details", {}, element("summary", {}, text(names.slice(0, FIRST_AUTHORS).join("; ")), ` and ${counted(others.length, "other")}`), text(others.join("; ")));
}

function recordView(source, id) {
  const place = source.placeOf(id);
  if (place === undefined) return null;
  const field = (name, at = place) => source.field(name, at), kept = source.survivor(place);
  const copies = (source.lives.copies.get(kept) ?? []).map((copy) => element("li", {},
    copy === place ? element("span", {}, field("id", copy)) : element("a", { href: routeTo("record", field("id", copy)) }, field("id", copy)),
    ` ${field("database", copy)}, ${field("file", copy)}, record ${grouped(field("position", copy))}`, copy === kept ? " (kept)" : ""));
  const merges = source.records.merges, reasons = [];
  merges.a.forEach((a, row) => {
    if (source.survivor(a) === kept) reasons.push(element("li", {}, `${field("id", a)} = ${field("id", merges.b[row])}: `, text(`${cell(merges.rule, row)} (${cell(merges.evidence, row)})`)));
  });
  const boxes = (source.lives.boxes.get(place) ?? []).map((id) => element("li", {}, element("a", { href: routeTo("box", id) }, source.boxes.get(id).label)));
  const steps = decisionParts(source, kept), line = field("line");
  const section = (title, items) => (items.length ? [element("h3", {}, title), element("ul", { class: "links" }, items)] : []);
  return {
    title: field("title") || "(no title)",
    parts: [
      terms([
        ["Authors", authorParts(field("author"))], ["Year", field("year")], ["Journal", text(field("journal"))],
        ["DOI", field("doi") ? doiLink(field("doi")) : ""], ["PubMed id", field("pmid")],
        ["Imported from", `${field("database")}: ${field("file")}, record ${grouped(field("position"))}${line ? `, line ${grouped(line)}` : ""}`],
        ["Searched on", field("search_date")], ["Record id", element("code", {}, field("id"))], ["Abstract", field("abstract") ? text(field("abstract")) : ""],
      ]),
      ...section("Screening", steps),
      ...section(copies.length > 1 ? `Copies of this report: ${copies.length}` : "Copies", copies.length > 1 ? copies : []),
      ...section("Why they are one report", reasons), ...section("Counted in", boxes),
    ],
  };
}

// Whether a study is one of the previous version of a review, in the list of all.
const VERSIONS = { previous: "in the previous version", this: "new in this version", both: "in both versions" };

/** The studies of a box that counts studies: those of this version open what is behind them. */
function studiesOfBox(source, box) {
  const named = (id) => (own(source.studies, id) ? element("a", { href: routeTo("study", id) }, text(source.studies[id].name)) : element("strong", {}, text(id)));
  const items = box.listed.map(([id, about]) => element("li", {}, named(id), about ? [": ", text(own(VERSIONS, about) ?? about)] : null));
  return { title: box.label, parts: [element("p", { class: "count" }, counted(items.length, "entry", "entries")), element("ul", { class: "links" }, items)] };
}

function boxView(source, id) {
  const box = source.boxes.get(id);
  if (box && box.listed) return studiesOfBox(source, box);
  if (!box || !box.records) return null;
  const rows = source.box(id).map((place, row) => ({ place, reason: box.reasons ? cell(box.reasons, row) : "" }));
  if (!rows.length) return { title: box.label, parts: [element("p", { class: "count" }, `No ${(box.noun ?? ["", "records"])[1]}`)] };
  const list = new RecordList(source, rows, box.label, box.noun);
  const draw = () => list.draw();
  return { title: box.label, parts: list.parts, after: draw, again: draw };
}

/** What changed since an earlier version: numbers with the reason, and sentences. */
function changesView(source) {
  const changes = source.changes;
  if (!changes) return null;
  const leave = (anchor, words) => element("a", { href: `#${anchor}`, "data-leave": true }, words);
  const numbers = changes.numbers.map(({ name, old, new: now, why, doors, box }) => element("li", {},
    box ? element("a", { href: routeTo("box", box) }, text(name)) : text(name), ": ", element("del", {}, old), " → ", element("ins", {}, now), why.length ? [" (", reasonOf({ why }), ")"] : null,
    doors.map((door, index) => [" ", leave(`n${door}`, index ? String(index + 1) : "in the text")])));
  const sentences = changes.sentences.map(({ text: now, was, anchor }) => element("li", {},
    was ? element("p", {}, element("del", {}, was)) : null, element("p", {}, element("ins", {}, anchor ? leave(anchor, now) : now))));
  const gone = changes.gone.map((was) => element("li", {}, element("del", {}, was)));
  const section = (title, items) => (items.length ? [element("h3", {}, title), element("ul", { class: "links" }, items)] : []);
  return {
    title: "What changed",
    parts: [...section("Numbers", numbers), ...section("Sentences", sentences), ...section("Sentences that are gone", gone)],
  };
}

/** A number by its name and how often that stands before it. */
function namedView(source, name, count = "1") {
  const place = source.named.get(name)?.[Number(count) - 1];
  return place ? numberView(source, place) : null;
}

const VIEWS = { n: numberView, number: namedView, study: studyView, record: recordView, box: boxView };

/** What is said of an address that leads to nothing. */
function absentView(route) {
  const [kind, ...name] = partsOf(route.slice(1)) ?? [], called = name[0] ? ` “${name[0]}”` : "";
  const kinds = { number: "number", study: "study", record: "record", box: "list" };
  const what = own(kinds, kind) ?? (/^n\d+$/.test(kind) ? "such number" : "such part");
  return {
    title: "Not in this version",
    parts: [element("p", { class: "absent" }, "This version of the page has no ", what, text(called), ". The link was made for another version, or is damaged.")],
  };
}

/** The view of an address of the page (`#n12`, `#number/flow.included/2`, `#box/included`); null for any other. */
function viewOf(source, route) {
  if (route === "#changes") return changesView(source);
  const match = /^#(?:(n)(\d+)|(number|study|record|box)\/(.+))$/.exec(route);
  if (!match) return null;
  const [, n, number, kind, address] = match, parts = n ? [number] : partsOf(address);
  return parts && VIEWS[n ?? kind](source, ...parts);
}

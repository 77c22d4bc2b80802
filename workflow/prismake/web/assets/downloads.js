// Lists to keep: CSV for spreadsheets, RIS for reference managers.

const FIELDS = ["id", "title", "author", "year", "journal", "doi", "database"];
const HEADER = ["record_id", "title", "author", "year", "journal", "doi", "database", "reason"];

/** A cell that no spreadsheet takes for a formula. */
function csvCell(content) {
  const safe = /^[=+\-@\t\r]/.test(content) ? `'${content}` : content;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function asCsv(source, rows) {
  const lines = rows.map(({ place, reason }) => [...FIELDS.map((name) => String(source.field(name, place))), reason ?? ""]);
  return "\ufeff" + [HEADER, ...lines].map((cells) => cells.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

/** The address of a record in PubMed, from which readers of RIS take its number. */
function pubmedAddress(pmid) {
  return /^\d+$/.test(pmid) ? `https://pubmed.ncbi.nlm.nih.gov/${pmid}/` : "";
}

function asRis(source, rows) {
  const line = (tag, content) => (content ? `${tag}  - ${String(content).replace(/\s+/g, " ")}\r\n` : "");
  return rows.map(({ place, reason }) => {
    const field = (name) => source.field(name, place);
    return line("TY", "JOUR") + line("TI", field("title")) + field("author").split("; ").map((name) => line("AU", name)).join("") +
      line("PY", field("year")) + line("JO", field("journal")) + line("DO", field("doi")) + line("DB", field("database")) +
      line("UR", pubmedAddress(field("pmid"))) + line("AN", field("id")) + line("N1", reason) + "ER  - \r\n";
  }).join("\r\n");
}

/** Offers what a list shows as a file. */
function download(list, kind) {
  const content = kind === "csv" ? asCsv(list.source, list.shown) : asRis(list.source, list.shown);
  const type = kind === "csv" ? "text/csv;charset=utf-8" : "application/x-research-info-systems";
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = element("a", { href: address, download: `records.${kind}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
  announce(`Saved ${counted(list.shown.length, ...list.noun)}.`);
}

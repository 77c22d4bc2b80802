// What is behind the page: unpacked when it is first needed.

/** The places that a list of distances stands for. */
function places(steps) {
  let place = 0;
  return steps.map((step) => (place += step));
}

/** The cell of a column, which is coded (`texts` and `rows`) or a plain list. */
function cell(column, row) {
  if (!column) return "";
  return column.texts ? column.texts[column.rows[row]] : column[row];
}

/** What a number is called: the values that it prints, its cell, or its words and those around it. */
function nameOf({ values = [], study, expression, how, before = "", text: words, after = "" }) {
  return values.join("+") || (study ? `${study} ${expression || how || ""}` : before + words + after);
}

class Data {
  constructor(content) {
    Object.assign(this, content);
    this.boxes = new Map(this.records.boxes.map((box) => [box.id, box]));
    this.size = this.records.id.length;
    this.lists = new Map();
  }

  /** The records of a box of the flow, by their places. */
  box(id) {
    if (!this.lists.has(id)) {
      const box = this.boxes.get(id);
      this.lists.set(id, box && box.records ? places(box.records) : []);
    }
    return this.lists.get(id);
  }

  /** The place of the record that stands for the work of a record. */
  survivor(place) {
    return place + this.records.survivor[place];
  }

  /** The columns that are built on first use: copies, decisions and boxes of each record. */
  get lives() {
    if (!this.built) {
      const copies = new Map(), steps = new Map(), boxes = new Map();
      const add = (map, key, item) => (map.has(key) ? map.get(key).push(item) : map.set(key, [item]));
      for (let place = 0; place < this.size; place += 1) add(copies, this.survivor(place), place);
      places(this.records.trail.record).forEach((place, row) => add(steps, place, row));
      // What stands behind a single value says nothing about a record that its copies and searches do not.
      for (const [id, { role }] of this.boxes) if (role !== "list") for (const place of this.box(id)) add(boxes, place, id);
      this.built = { copies, steps, boxes };
    }
    return this.built;
  }

  /** The place of the record of an id; undefined for an id that no record has. */
  placeOf(id) {
    this.byId ??= new Map(this.records.id.map((name, place) => [name, place]));
    return this.byId.get(id);
  }

  /** What names the numbers in another version too (their values, their cell or their words): name -> their places. */
  get named() {
    if (!this.byName) {
      this.byName = new Map();
      for (const [place, number] of Object.entries(this.numbers)) {
        const name = nameOf(number);
        this.byName.set(name, [...(this.byName.get(name) ?? []), place]);
      }
    }
    return this.byName;
  }

  /** The address that a panel has in every version: of a number (`#n12`) by its name, of any other as it is. */
  addressOf(route) {
    const place = /^#n(\d+)$/.exec(route)?.[1];
    if (!place || !Object.hasOwn(this.numbers, place)) return route;
    const name = nameOf(this.numbers[place]);
    return routeTo("number", name, this.named.get(name).indexOf(place) + 1);
  }

  /** A field of a record. */
  field(name, place) {
    return cell(this.records[name], place) ?? "";
  }
}

/** The bytes of a text in base64. */
function bytesOf(packed) {
  const letters = atob(packed), bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

let unpacked;

/** The data of the page. */
function data() {
  unpacked ??= (async () => {
    const packed = document.getElementById("data").textContent;
    const stream = new Blob([bytesOf(packed)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Data(await new Response(stream).json());
  })();
  return unpacked;
}

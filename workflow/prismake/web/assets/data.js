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

"use strict";
// Elements are made from texts alone: nothing that a record says is ever read as markup.

/** An element: its tag, its properties (`class`, `on`, attributes), and its children, elements or texts. */
function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") {
      for (const [event, handler] of Object.entries(value)) made.addEventListener(event, handler);
    } else if (value === true) {
      made.setAttribute(name, "");
    } else {
      made.setAttribute(name, value);
    }
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** A text of a record, whose direction is its own. */
function text(content) {
  return element("bdi", {}, String(content));
}

/** A list of terms and what they say, without those that say nothing. */
function terms(pairs) {
  const filled = pairs.filter(([, content]) => content !== "" && content !== null && content !== undefined);
  return element("dl", {}, filled.map(([term, content]) => [element("dt", {}, term), element("dd", {}, content)]).flat());
}

/** A number with its thousands apart. */
function grouped(number) {
  return number.toLocaleString("en-US");
}

/** `1 record`, `2 records`. */
function counted(number, singular, plural = `${singular}s`) {
  return `${grouped(number)} ${number === 1 ? singular : plural}`;
}

/** The address of a panel: its parts may have any character. */
function routeTo(kind, ...parts) {
  return `#${[kind, ...parts.map(encodeURIComponent)].join("/")}`;
}

/** The parts of an address; null for one that is damaged. */
function partsOf(address) {
  try {
    return address.split("/").map(decodeURIComponent);
  } catch {
    return null;
  }
}

/** The element of the page at an address (`#discussion`): by its anchor as it is, or as an address escapes it. */
function elementAt(address) {
  const anchor = address.slice(1);
  return document.getElementById(anchor) ?? document.getElementById(partsOf(anchor)?.join("/") ?? "");
}

/** The element of the page that a link leads to. */
function targetOf(link) {
  return elementAt(link.getAttribute("href") ?? "");
}

/** Says something to a reader of the screen. */
function announce(message) {
  document.getElementById("status").textContent = message;
}

// The panel beside the article: opens an address, goes back, closes, and gives the focus back to where it came from.

class Panel {
  constructor() {
    this.dialog = document.getElementById("panel");
    this.title = document.getElementById("panel-title");
    this.body = document.getElementById("panel-body");
    this.backButton = document.getElementById("back");
    this.trail = [];
    this.backButton.addEventListener("click", () => this.back());
    document.getElementById("close").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("close", () => this.closed());
  }

  async open(route) {
    const source = await data(), view = viewOf(source, route);
    if (!view) return false;
    if (!this.dialog.open) this.opener = document.activeElement;
    this.trail.push(route);
    this.show(view);
    return true;
  }

  show(view) {
    this.title.replaceChildren(text(view.title));
    this.body.replaceChildren(...view.parts.flat().filter(Boolean));
    this.backButton.hidden = this.trail.length < 2;
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.scrollTop = 0;
    view.after?.();
    this.title.focus();
    history.replaceState(null, "", this.trail.at(-1));
  }

  async back() {
    this.trail.pop();
    this.show(viewOf(await data(), this.trail.at(-1)));
  }

  closed() {
    this.trail = [];
    history.replaceState(null, "", location.pathname + location.search);
    this.opener?.focus?.();
  }

  /** Closes the panel and goes to a place of the article. */
  leave(target) {
    this.opener = null;
    this.dialog.close();
    target?.scrollIntoView({ block: "center" });
    target?.setAttribute("tabindex", target.matches("a[href]") ? "0" : "-1");
    target?.focus({ preventScroll: true });
  }
}

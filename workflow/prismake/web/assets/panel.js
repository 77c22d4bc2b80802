// The panel beside the article: opens an address, goes back, closes, and gives the focus back to where it came from.
// Each open panel is an entry of the browser's history, so that Back leads to the one before it and then to the article.

// A second click this soon after the panel opened is the end of a double click, in milliseconds.
const DOUBLE_CLICK = 500;
const ADDRESS = /^#(?:n\d+$|changes$|(?:number|study|record|box)\/)/;

class Panel {
  constructor() {
    this.dialog = document.getElementById("panel");
    this.title = document.getElementById("panel-title");
    this.body = document.getElementById("panel-body");
    this.backButton = document.getElementById("back");
    /** The panels on the way to the one that is shown, the last: `{route, view, scrolled, focused}`. */
    this.trail = [];
    this.backButton.addEventListener("click", () => this.back());
    document.getElementById("close").addEventListener("click", () => this.dialog.close());
    // A selection that is drawn out of the panel does not begin beside it.
    this.dialog.addEventListener("pointerdown", (event) => { this.beside = event.target === this.dialog; });
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog && this.beside && event.timeStamp - this.openedAt > DOUBLE_CLICK) this.dialog.close();
    });
    this.dialog.addEventListener("close", () => this.closed());
  }

  /** Opens an address over what is shown. `arrived`: the browser is there already. */
  async open(route, arrived = false) {
    if (this.opening === route) return;
    this.opening = route;
    const source = await data();
    await this.closing;
    if (this.opening !== route) return;
    this.opening = null;
    const address = source.addressOf(route);
    if (this.dialog.open && this.trail.at(-1)?.route === address) return;
    this.remember();
    const trail = [...(this.dialog.open ? this.trail : []), { route: address }];
    const routes = trail.map((one) => one.route), { depth = 0, home = "" } = history.state ?? {};
    // `depth`: how many entries of the history closing takes back, none where the page began with a panel; `home`: the
    // address below the panels.
    if (arrived) history.replaceState({ trail: routes, depth: 0, home }, "", address);
    else if (this.dialog.open) history.pushState({ trail: routes, depth: depth && depth + 1, home }, "", address);
    else history.pushState({ trail: routes, depth: 1, home: location.hash }, "", address);
    this.show(source, trail);
  }

  /** Shows what the history says, after the browser went to one of its entries. */
  async arrive() {
    this.arrived?.();
    const routes = history.state?.trail, hash = location.hash;
    if (routes) {
      const source = await data();
      const same = (trail) => trail?.join("\n") === routes.join("\n");
      if (!same(history.state?.trail) || (this.dialog.open && same(this.trail.map((one) => one.route)))) return;
      this.remember();
      this.show(source, routes.map((route, place) => (this.trail[place]?.route === route ? this.trail[place] : { route })));
    } else if (ADDRESS.test(hash) || (hash && hash !== "#top" && !elementAt(hash))) {
      await this.open(hash, true);
    } else if (this.dialog.open) {
      this.dialog.close();
    }
  }

  show(source, trail) {
    this.trail = trail;
    const panel = trail.at(-1), again = Boolean(panel.view);
    panel.view ??= viewOf(source, panel.route) ?? absentView(panel.route);
    this.title.replaceChildren(text(panel.view.title));
    this.body.replaceChildren(...panel.view.parts.flat().filter(Boolean));
    this.backButton.hidden = trail.length < 2;
    if (!this.dialog.open) {
      this.opener = document.activeElement;
      this.openedAt = performance.now();
      this.dialog.showModal();
    }
    for (const [element, top] of panel.scrolled ?? [[this.body, 0]]) element.scrollTop = top;
    panel.view[again ? "again" : "after"]?.();
    const link = panel.focused && [...this.body.querySelectorAll("a")].find((one) => one.getAttribute("href") === panel.focused);
    (link || this.title).focus({ preventScroll: true });
  }

  /** Keeps how far the shown panel is scrolled and which of its links has the focus, for when it is shown again. */
  remember() {
    const panel = this.trail.at(-1), active = document.activeElement;
    if (!this.dialog.open || !panel) return;
    panel.scrolled = [this.body, ...this.body.querySelectorAll(".list-view")].map((element) => [element, element.scrollTop]);
    panel.focused = this.body.contains(active) ? active.getAttribute("href") : null;
  }

  /** Goes to the panel before the one that is shown. */
  async back() {
    if (history.state?.depth) return history.back();
    this.remember();
    const trail = this.trail.slice(0, -1);
    history.replaceState({ ...history.state, trail: trail.map((one) => one.route) }, "", trail.at(-1).route);
    this.show(await data(), trail);
  }

  closed() {
    this.trail = [];
    const { depth, home, trail } = history.state ?? {};
    if (depth) {
      this.closing = new Promise((resolve) => {
        this.arrived = resolve;
        setTimeout(resolve, 1000);
      });
      history.go(-depth);
    } else if (trail) {
      history.replaceState(null, "", location.pathname + location.search + home);
    }
    this.opener?.focus?.();
  }

  /** Leaves the panel, to which Back leads again, and goes to a place of the article. */
  leave(target) {
    if (!target) return;
    history.pushState(null, "", ADDRESS.test(`#${target.id}`) ? location.pathname + location.search : `#${target.id}`);
    this.opener = null;
    this.dialog.close();
    uncover(target);
    target.scrollIntoView({ block: "center" });
    target.setAttribute("tabindex", target.matches("a[href]") ? "0" : "-1");
    target.focus({ preventScroll: true });
  }
}

// Of the preview alone: the page comes anew when it was made anew, and what stopped a build is shown.
(() => {
  const note = element("pre", { id: "stopped", role: "alert", hidden: true });
  document.body.prepend(note);
  const events = new EventSource("/events");
  events.addEventListener("made", () => location.reload());
  events.addEventListener("stopped", (event) => {
    note.textContent = JSON.parse(event.data);
    note.hidden = false;
  });
})();

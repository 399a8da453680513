// Keys for people who work here all day; `?` lists them. Left alone while somebody types.
const places = { h: "/", j: "/jobs", i: "/ingest", m: "/migrate", l: "/analyses", a: "/audit", d: "/doctor" };

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    for (const open of document.querySelectorAll("details.confirm[open]")) {
      open.open = false;
      open.querySelector("summary").focus();
    }
    return;
  }
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  if (event.key === "/") {
    const search = document.querySelector("main input[type=search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  }
  if (event.key === "t") document.querySelector("[data-theme-switch]")?.click();
  if (event.key === "?") document.getElementById("keys")?.showModal();
  if (event.key in places) location.assign(places[event.key]);
});

// Keys for people who work here all day; the dialog lists them. Single letters are left alone while somebody types, and
// where the person has switched them off: speech input types letters anywhere (WCAG 2.1.4).
const places = { h: "/", j: "/jobs", i: "/ingest", m: "/migrate", l: "/analyses", a: "/audit", d: "/doctor" };

const SWITCH = "single-letter-keys";

document.addEventListener("click", event => {
  if (event.target.closest?.("[data-keys]")) document.getElementById("keys")?.showModal();
  if (event.target.closest?.("[data-search]")) {
    event.preventDefault();
    openSearch();
  }
});

document.addEventListener("change", event => {
  if (event.target.matches?.("[data-keys-switch]")) localStorage.setItem(SWITCH, event.target.checked ? "on" : "off");
});

function openSearch() {
  const dialog = document.getElementById("search");
  if (!dialog || dialog.open) return;
  dialog.showModal();
  const field = dialog.querySelector("input");
  field.focus();
  field.select();
}

document.addEventListener("keydown", event => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openSearch();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    for (const open of document.querySelectorAll("details.confirm[open]")) {
      open.open = false;
      open.querySelector("summary").focus();
    }
    return;
  }
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  if (localStorage.getItem(SWITCH) === "off") return;
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

for (const box of document.querySelectorAll("[data-keys-switch]")) box.checked = localStorage.getItem(SWITCH) !== "off";
for (const button of document.querySelectorAll("[data-keys][hidden]")) button.hidden = false;

// Up and down go through what was found; Enter in the field opens the first.
document.addEventListener("keydown", event => {
  const dialog = event.target.closest?.("#search");
  if (!dialog) return;
  const links = [...dialog.querySelectorAll("#found a")];
  const at = links.indexOf(document.activeElement);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = links[event.key === "ArrowDown" ? at + 1 : at - 1];
    (next ?? (event.key === "ArrowUp" ? dialog.querySelector("input") : links.at(-1)))?.focus();
  }
  if (event.key === "Enter" && event.target.matches("input") && links[0]) {
    event.preventDefault();
    links[0].click();
  }
});

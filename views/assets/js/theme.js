// Before the page is drawn: the theme that somebody chose here, else the system's.
const stored = localStorage.getItem("theme");
if (stored) document.documentElement.dataset.theme = stored;
document.addEventListener("click", event => {
  if (!event.target.closest?.("[data-theme-switch]")) return;
  const dark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("theme", document.documentElement.dataset.theme);
});

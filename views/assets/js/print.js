// A button that prints the page; without a script the browser's own does.
for (const button of document.querySelectorAll("[data-print][hidden]")) button.hidden = false;
document.addEventListener("htmx:after:swap", () => {
  for (const button of document.querySelectorAll("[data-print][hidden]")) button.hidden = false;
});
document.addEventListener("click", event => {
  if (event.target.closest?.("[data-print]")) print();
});

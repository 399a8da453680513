// Boxes in a table: one for all on the page, and ranges with the shift key.
let last;

document.addEventListener("click", event => {
  const box = event.target.closest?.("input[type=checkbox]");
  if (!box) return;
  const all = boxes(box);
  if (box.dataset.all !== undefined) {
    for (const one of all) if (one.checked !== box.checked) one.click();
    return;
  }
  const [from, to] = [all.indexOf(last), all.indexOf(box)];
  last = box;
  if (!event.shiftKey || from < 0 || to < 0) return;
  for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) if (one.checked !== box.checked) one.click();
});

function boxes(box) {
  const table = box.closest("table");
  return table ? [...table.querySelectorAll("tbody input[type=checkbox]:not(:disabled)")] : [];
}

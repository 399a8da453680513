// A span of a histogram is marked with the mouse, or with its two sliders; it goes into the fields `from` and `to` of a
// form. Without this script there are the fields.
let dragging;

document.addEventListener("pointerdown", event => {
  const plot = event.target.closest?.("[data-brush]");
  if (!plot || event.button !== 0) return;
  event.preventDefault();
  const at = bucketAt(plot, event.clientX);
  dragging = { plot, at, id: event.pointerId };
  mark(plot, at, at + 1);
});
document.addEventListener("pointermove", event => {
  if (event.pointerId !== dragging?.id) return;
  const { plot, at } = dragging;
  const now = bucketAt(plot, event.clientX);
  mark(plot, Math.min(at, now), Math.max(at, now) + 1);
});
document.addEventListener("pointerup", event => {
  if (event.pointerId !== dragging?.id) return;
  const { plot } = dragging;
  dragging = undefined;
  take(plot);
});
document.addEventListener("pointercancel", () => {
  if (dragging) mark(dragging.plot, 0, 0);
  dragging = undefined;
});
document.addEventListener(
  "input",
  event => {
    const slider = event.target.closest?.("[data-end]");
    if (!slider) return;
    event.stopPropagation();
    const plot = plotOf(slider);
    const [from, to] = sliders(plot).map(one => Number(one.value));
    mark(plot, Math.min(from, to), Math.max(from, to));
  },
  true,
);
document.addEventListener("keydown", event => {
  const slider = event.target.closest?.("[data-end]");
  if (event.key === "Enter" && slider) take(plotOf(slider));
});
document.addEventListener("click", event => {
  const press = event.target.closest?.("[data-take]");
  if (press) take(plotOf(press));
});

// An address says only what is filtered.
document.addEventListener("formdata", event => {
  if (!event.target.matches(".log-filters")) return;
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});

// A page that was swapped in brings sliders of its own.
function ready() {
  for (const ends of document.querySelectorAll("[data-ends][hidden]")) {
    ends.hidden = false;
    const plot = plotOf(ends);
    for (const slider of sliders(plot)) describe(slider, edgesOf(plot)[slider.value]);
  }
}
ready();
document.addEventListener("htmx:after:swap", ready);

function mark(plot, from, to) {
  const rect = plot.querySelector("[data-marked]");
  const each = Number(plot.dataset.each);
  rect.setAttribute("x", from * each);
  rect.setAttribute("width", (to - from) * each);
  const edges = edgesOf(plot);
  const [first, last] = sliders(plot);
  [first.value, last.value] = [from, to];
  describe(first, edges[from]);
  describe(last, edges[to]);
  const ends = first.closest("[data-ends]");
  ends.querySelector("[data-take]").disabled = from >= to;
  ends.querySelector("[data-span]").textContent = from < to ? `${words(edges[from])} to ${words(edges[to])} UTC` : "";
}

function take(plot) {
  const [from, to] = sliders(plot).map(one => Number(one.value));
  if (from >= to) return;
  const form = document.getElementById(plot.dataset.brush);
  const edges = edgesOf(plot);
  form.elements.from.value = edges[from];
  form.elements.to.value = edges[to];
  form.requestSubmit();
}

function bucketAt(plot, x) {
  const { left, width } = plot.querySelector("svg").getBoundingClientRect();
  const count = edgesOf(plot).length - 1;
  return Math.max(0, Math.min(count - 1, Math.floor(((x - left) / width) * count)));
}

function describe(slider, edge) {
  slider.setAttribute("aria-valuetext", `${words(edge)} UTC`);
}

function sliders(plot) {
  return [...plot.closest("figure").querySelectorAll("[data-end]")];
}

function plotOf(inside) {
  return inside.closest("figure").querySelector("[data-brush]");
}

function edgesOf(plot) {
  return plot.dataset.edges.split(" ");
}

function words(edge) {
  return edge.replace("T", " ");
}

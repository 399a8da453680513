// What a filter changes stays as it is until the answer is there, and says meanwhile that it is on its way.
const targetOf = form => document.querySelector(form.getAttribute("hx-target"));

document.addEventListener("htmx:before:request", event => {
  const form = event.target;
  if (!form.matches?.("form.filters")) return;
  const target = targetOf(form);
  target?.setAttribute("aria-busy", "true");
  target?.setAttribute("data-waits", "");
  say(form, "Working on it …");
});

document.addEventListener("htmx:finally:request", event => {
  const form = event.target;
  if (!form.matches?.("form.filters")) return;
  say(form, "");
  // An answer that is still at work says so itself.
  const target = targetOf(form);
  if (!target?.hasAttribute("data-waits")) return;
  target.removeAttribute("aria-busy");
  target.removeAttribute("data-waits");
});

function say(form, words) {
  const text = form.querySelector("[data-busy]");
  if (text) text.textContent = words;
}

// A page that is kept true says so when it no longer can be: the portal is away, or this browser is no longer logged in.
const told = document.getElementById("away");
let since;

document.addEventListener("htmx:error", () => {
  since ??= new Date();
  if (!told) return;
  told.textContent = `The portal does not answer: this page is as of ${since.toLocaleTimeString()}. Jobs go on without it.`;
  told.hidden = false;
});

document.addEventListener("htmx:after:swap", () => {
  since = undefined;
  if (told) told.hidden = true;
});

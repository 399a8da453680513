// A page that is kept true says so when it no longer can be: the portal is away, or this browser is no longer logged in.
const notice = document.getElementById("unavailable");
let since;

document.addEventListener("htmx:error", () => {
  since ??= new Date();
  if (!notice) return;
  notice.textContent = `The portal does not answer: this page is as of ${since.toLocaleTimeString()}. Jobs go on without it.`;
  notice.hidden = false;
});

document.addEventListener("htmx:after:swap", () => {
  since = undefined;
  if (notice) notice.hidden = true;
});

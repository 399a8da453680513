// A page that is kept fresh analyses again some seconds after it was shown. Its address says so; the button does it by hand.
let waiting;

function ready() {
  const form = document.querySelector("form[data-again]");
  clearTimeout(waiting);
  if (!form) return;
  waiting = setTimeout(() => {
    if (document.hidden) return ready();
    if (form.isConnected) form.requestSubmit();
  }, Number(form.dataset.again) * 1000);
}
ready();
document.addEventListener("htmx:after:swap", ready);

// The viewer of a log: follows its end until somebody scrolls up, reads on in both directions, steps through errors by key.
const viewer = document.querySelector(".log.viewer");
const MOST = 5000;
const PAUSE = 1000;

if (viewer) {
  const lines = viewer.querySelector("ol");
  const status = document.querySelector("[data-told]");
  const box = document.querySelector("[data-follow]");
  const isAtEnd = () => viewer.scrollHeight - viewer.scrollTop - viewer.clientHeight < 24;
  const toEnd = () => {
    viewer.scrollTop = viewer.scrollHeight;
  };
  let unheard = 0;
  let busy = false;

  open();
  void number();
  if ("followed" in viewer.dataset) follow();
  document.addEventListener("keydown", step);
  viewer.addEventListener("click", readOn);

  function open() {
    const fromEnd = viewer.classList.contains("from-end");
    viewer.classList.remove("from-end");
    const marked = document.getElementById("marked");
    const hash = /^#([LB]\d+)$/.exec(location.hash)?.[1];
    const linked = hash && document.getElementById(hash);
    if (linked ?? marked) (linked ?? marked).scrollIntoView({ block: "center" });
    else if (hash?.startsWith("L")) toLine(hash);
    else if (fromEnd) toEnd();
  }

  // A link to a line that is not among those that are here.
  function toLine(hash) {
    const address = new URL(location.href);
    if (address.searchParams.get("line") === hash.slice(1)) return toEnd();
    address.searchParams.set("line", hash.slice(1));
    location.replace(address);
  }

  function follow() {
    box.closest("label").hidden = false;
    box.checked = isAtEnd();
    viewer.querySelector("[data-later]").textContent = "New lines come here.";
    // What moves the view is either we, at the end, or a person.
    viewer.addEventListener("scroll", () => {
      if (!busy) box.checked = isAtEnd();
    });
    box.addEventListener("change", () => {
      if (!box.checked) return;
      if (lines.children.length > MOST) return location.assign(viewer.dataset.more.replace("/log/more", "/log"));
      toEnd();
    });
    next(0);
    setInterval(announce, 5000);
  }

  function next(pause) {
    setTimeout(more, document.hidden ? pause * 3 : pause);
  }

  async function more() {
    if (!box.checked && lines.children.length > MOST) return next(PAUSE);
    const { more: address, end, file } = viewer.dataset;
    const query = new URLSearchParams({ from: end, ...(file && { file }) });
    const part = await fetched(`${address}&${query}`);
    if (!part) return next(PAUSE * 3);
    const body = part.querySelector("[data-end]");
    if (!body) return location.reload();
    busy = true;
    append(body);
    requestAnimationFrame(() => {
      busy = false;
    });
    if ("ended" in body.dataset) return finish();
    next(PAUSE);
  }

  // The portal may be away for a while: what was read stays, and it is asked again.
  async function fetched(address) {
    try {
      const response = await fetch(address, { headers: { "HX-Request": "true" } });
      if (response.status === 204 || response.redirected) return location.reload();
      if (!response.ok) throw new Error();
      return new DOMParser().parseFromString(await response.text(), "text/html");
    } catch {
      status.textContent = "The portal does not answer; it is asked again.";
      unheard = -1;
    }
  }

  function append(body) {
    if ("replaced" in body.dataset) lines.replaceChildren();
    const come = [...body.querySelectorAll("ol > li")];
    lines.append(...come);
    Object.assign(viewer.dataset, { end: body.dataset.end, file: body.dataset.file });
    for (const part of body.querySelectorAll("[id^=log-]")) document.getElementById(part.id)?.replaceWith(part);
    if (unheard < 0) {
      unheard = 0;
      status.textContent = "The portal answers again.";
    }
    unheard += come.length;
    if (!box.checked) return;
    if (lines.children.length > MOST) trim();
    toEnd();
  }

  function trim() {
    while (lines.children.length > MOST) lines.firstElementChild.remove();
    const address = new URL(viewer.dataset.more.replace("/log/more", "/log"), location.origin);
    address.searchParams.set("before", lines.querySelector("[data-at]").dataset.at);
    const link = document.createElement("a");
    link.href = address;
    link.textContent = "Earlier lines";
    viewer.querySelector("[data-earlier]").replaceChildren(link);
  }

  function finish() {
    viewer.querySelector("[data-later]").textContent = "This is the end.";
    announce();
    if (box.checked) toEnd();
    box.closest("label").hidden = true;
  }

  // Not every line of a flood is read out, only how many there were.
  function announce() {
    if (unheard <= 0) return;
    status.textContent = `${unheard.toLocaleString("en")} new ${unheard === 1 ? "line" : "lines"}; the last: ${lines.lastElementChild?.querySelector("code")?.textContent.slice(0, 200) ?? ""}`;
    unheard = 0;
  }

  async function readOn(event) {
    const link = event.target.closest("[data-earlier] a, [data-later] a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const isEarlier = link.closest("[data-earlier]") !== null;
    if (!isEarlier && "atEnd" in viewer.dataset) return;
    event.preventDefault();
    const part = await fetched(link.href);
    const read = part?.querySelector(".log.viewer");
    if (!read) return location.assign(link.href);
    const come = read.querySelectorAll("ol > li");
    const edge = isEarlier ? "[data-earlier]" : "[data-later]";
    const height = viewer.scrollHeight;
    if (isEarlier) lines.prepend(...come);
    else lines.append(...come);
    viewer.querySelector(edge).replaceWith(read.querySelector(edge));
    if (isEarlier) viewer.scrollTop += viewer.scrollHeight - height;
    if (!isEarlier && "atEnd" in read.dataset) viewer.dataset.atEnd = "";
    viewer.focus({ preventScroll: true });
  }

  // The lines of a large log are still being counted when it is opened; numbers are filled in when they are known.
  async function number(attempts = 0) {
    const [first] = viewer.querySelectorAll("li:has([data-uncounted])");
    if (!first || attempts > 60) return;
    await new Promise(go => setTimeout(go, PAUSE));
    const address = new URL(viewer.dataset.more?.replace("/log/more", "/log") ?? location.href, location.origin);
    address.searchParams.set("from", first.dataset.at);
    const part = await fetched(address);
    for (const line of part?.querySelectorAll(".log.viewer li[data-at]") ?? []) {
      const here = viewer.querySelector(`li[data-at="${line.dataset.at}"]`);
      if (!here?.querySelector("[data-uncounted]") || line.querySelector("[data-uncounted]")) continue;
      here.id = line.id;
      here.querySelector("a").replaceWith(line.querySelector("a"));
    }
    void number(attempts + 1);
  }

  function step(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    const way = { n: 1, p: -1 }[event.key];
    if (way) toError(way);
  }

  // Among the lines that are here by itself, beyond them by the server.
  function toError(way) {
    const marked = lines.querySelector("li.marked");
    const { top, bottom } = viewer.getBoundingClientRect();
    const isBeyond = line =>
      marked
        ? (marked.compareDocumentPosition(line) & (way > 0 ? 4 : 2)) !== 0
        : way > 0
          ? line.getBoundingClientRect().top >= top
          : line.getBoundingClientRect().top < bottom;
    const all = [...lines.querySelectorAll("li.error:not(.more)")];
    const found = way > 0 ? all.find(isBeyond) : all.findLast(isBeyond);
    if (!found) return goOn(way, marked);
    marked?.classList.remove("marked");
    found.classList.add("marked");
    found.scrollIntoView({ block: "center" });
  }

  function goOn(way, marked) {
    const from = marked ?? (way > 0 ? lines.lastElementChild : lines.querySelector("[data-at]"));
    if (!from || !viewer.dataset.more) return;
    const address = new URL(viewer.dataset.more.replace("/log/more", "/log"), location.origin);
    address.searchParams.set("go", way > 0 ? "next-error" : "previous-error");
    address.searchParams.set("at", from.dataset.at);
    location.assign(address);
  }
}

// Keeps relative times and running clocks true; the words are those of views/format/times.ts.
const units = [
  [60, 1, "s"],
  [3600, 60, "m"],
  [86_400, 3600, "h"],
  [86_400 * 60, 86_400, "d"],
  [86_400 * 730, 86_400 * 30, "mo"],
  [Number.POSITIVE_INFINITY, 86_400 * 365, "y"],
];

function relative(milliseconds) {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  if (seconds < 2) return "now";
  const [, length, unit] = units.find(([limit]) => seconds < limit);
  return milliseconds < 0 ? `in ${Math.floor(seconds / length)}${unit}` : `${Math.floor(seconds / length)}${unit} ago`;
}

function clock(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = value => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

function refresh() {
  if (document.hidden) return;
  for (const time of document.querySelectorAll("time[data-ago]"))
    set(time, relative(Date.now() - Date.parse(time.dateTime)));
  for (const time of document.querySelectorAll("time[data-since]"))
    set(time, clock(Date.now() - Date.parse(time.dateTime)));
}

function set(time, text) {
  if (time.textContent !== text) time.textContent = text;
}

setInterval(refresh, 1000);
document.addEventListener("visibilitychange", refresh);

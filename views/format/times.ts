import { html, type View } from "../html.ts";

/** When something happened, relative, with the exact time at hand: `3m ago`. A script keeps it true. */
export function ago(iso: string | undefined, now = Date.now()): View {
  if (!iso) return html``;
  return html`<time datetime="${iso}" title="${exact(iso)}" data-ago>${relative(now - Date.parse(iso))}</time>`;
}

/** How long something has been going on: `8:37`; a script counts on. */
export function since(iso: string, now = Date.now()): View {
  return html`<time datetime="${iso}" title="since ${exact(iso)}" data-since>${clock(now - Date.parse(iso))}</time>`;
}

/** A moment in full: `2026-11-23 09:45:12 UTC`. */
export function exact(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** `now`, `42s ago`, `3m ago`, `2h ago`, `5d ago`, `8mo ago`; with `in` in front for what is to come. */
export function relative(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  if (seconds < 2) return "now";
  const text = UNITS.find(([limit]) => seconds < limit) ?? UNITS.at(-1)!;
  const words = `${Math.floor(seconds / text[1])}${text[2]}`;
  return milliseconds < 0 ? `in ${words}` : `${words} ago`;
}

const UNITS: readonly (readonly [limit: number, length: number, unit: string])[] = [
  [60, 1, "s"],
  [3600, 60, "m"],
  [86_400, 3600, "h"],
  [86_400 * 60, 86_400, "d"],
  [86_400 * 730, 86_400 * 30, "mo"],
  [Number.POSITIVE_INFINITY, 86_400 * 365, "y"],
];

/** A span of time as a clock: `0:41`, `8:37`, `1:48:20`. */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** How much longer, in words that promise no more than is known: `about 9 min left`. */
export function left(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 50) return "less than a minute left";
  if (seconds < 5400) return `about ${Math.max(1, Math.round(seconds / 60))} min left`;
  return `about ${Math.round(seconds / 3600)} h left`;
}

/** How long something takes at least and at most, in words: `40 to 90 s`, `2 to 4 min`, `about 5 min`. */
export function timeBetween(low: number, high: number): string {
  const [unit, size] = high < 100 ? ["s", 1] : high < 7200 ? ["min", 60] : ["h", 3600];
  const digits = unit === "h" && high < 36_000 ? 1 : 0;
  const [from, to] = [low / size, high / size].map(number => Number(number.toFixed(digits)));
  const least = Math.max(digits === 1 ? 0.1 : 1, to ?? 0);
  if (from === undefined || from === least) return `about ${least} ${unit}`;
  if (from < 1 && digits === 0) return `up to ${least} ${unit}`;
  return `${from} to ${least} ${unit}`;
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { roundUp, tick } from "../../views/charts/frame.ts";
import { heat } from "../../views/charts/heat.ts";
import { histogram } from "../../views/charts/histogram.ts";
import { lineChart } from "../../views/charts/line.ts";
import { ranked } from "../../views/charts/ranked.ts";
import { textOf } from "../../views/html.ts";

const AT = Date.UTC(2026, 10, 23);
const HOUR = 3_600_000;

test("the top of a plot is round, and its half is too", () => {
  const rounded = [0, 1, 2, 3, 5, 7, 11, 130, 399, 3100, 9001].map(roundUp);
  assert.deepEqual(rounded, [1, 1, 2, 4, 6, 8, 20, 200, 400, 4000, 10_000]);
});

test("a moment is told as shortly as the whole span allows", () => {
  const at = Date.parse("2026-11-23T10:15:30Z");
  const told = [60_000, HOUR, 3 * 24 * HOUR, 90 * 24 * HOUR].map(span => tick(at, span));
  assert.deepEqual(told, ["10:15:30", "10:15", "11-23 10:15", "2026-11-23"]);
});

test("a histogram stacks levels with the worst at the bottom, and one line among thousands is seen", () => {
  const buckets = [{ at: AT, label: "10:00", counts: { info: 9999, error: 1 } }];
  const drawn = textOf(histogram("Lines", buckets, AT + HOUR, { form: "filters", words: "" }));
  const [error, info] = ["error", "info"].map(level => {
    const rect = new RegExp(`<rect class="${level}" x="1" y="([\\d.]+)" width="8" height="([\\d.]+)"`).exec(drawn);
    return { top: Number(rect?.[1]), high: Number(rect?.[2]) };
  });
  assert.ok(error && info);
  assert.equal(error.top + error.high, 160, "errors stand on the ground");
  assert.ok(error.high >= 2, "one among ten thousand has a height");
  assert.ok(Math.abs(info.top + info.high - error.top) < 0.2, "the others stand on them");
  assert.match(drawn, /<title>10:00: 1 error, 9,999 info<\/title>/);
  assert.match(drawn, /data-edges="2026-11-23T00:00:00 2026-11-23T01:00:00"/);
  assert.doesNotMatch(textOf(histogram("Lines", buckets, AT + HOUR)), /data-brush/);
});

test("every plot says in words what it shows, and has its figures as a table", () => {
  const points = [3, 12, 0].map((value, i) => ({ at: AT + i * HOUR, label: `${i}:00`, value }));
  const drawn = textOf(lineChart("Errors", "errors", points, AT + 3 * HOUR));
  assert.match(drawn, /aria-label="Errors: most 12 errors at 1:00"/);
  assert.match(drawn, /<td data-label="From">1:00<\/td><td class="num" data-label="errors">12<\/td>/);
  const week = textOf(heat("Week", "errors", [{ weekday: 7, hour: 23, value: 5 }]));
  assert.match(week, /aria-label="Week: most 5 errors on Sunday 23:00"/);
  assert.match(week, /<title>Sunday 23:00: 5 errors<\/title><rect class="heat-6"/);
  assert.match(textOf(heat("Week", "errors", [])), /no errors/);
});

test("what is ranked is text, and its bars are as long as its figures", () => {
  const drawn = textOf(
    ranked(
      "Types",
      [
        { label: "<b>a</b>", value: 200, href: "/x?a=1&b=2" },
        { label: "", value: 50 },
      ],
      "none",
    ),
  );
  assert.match(drawn, /<a href="\/x\?a=1&amp;b=2">&lt;b&gt;a&lt;\/b&gt;<\/a>/);
  assert.match(drawn, /width="100\.0".*\(none\).*width="25\.0"/s);
  assert.match(textOf(ranked("Types", [], "Nothing fails.")), /Nothing fails\./);
});

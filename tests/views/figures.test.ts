import assert from "node:assert/strict";
import { test } from "node:test";
import { latencyBar, milliseconds } from "../../views/charts/latency.ts";
import { percent, shares } from "../../views/charts/shares.ts";
import { textOf } from "../../views/html.ts";

test("a share is never 0 for what is there, nor all for what is not", () => {
  const shown = [0, 1, 99, 100, 994, 999, 9_990, 9_999, 10_000].map(count => percent(count, 10_000));
  assert.deepEqual(shown, ["0%", "< 0.1%", "1.0%", "1.0%", "9.9%", "10%", "99.9%", "> 99.9%", "100%"]);
  assert.equal(percent(0, 0), "0%");
});

test("parts of a whole fill their bar, and the smallest can still be seen", () => {
  const drawn = textOf(
    shares("Status", [
      { label: "2xx", count: 1_000_000, look: "good" },
      { label: "4xx", count: 0, look: "wait" },
      { label: "5xx", count: 1, look: "bad" },
    ]),
  );
  assert.match(drawn, /aria-label="Status: 2xx &gt; 99.9%, 5xx &lt; 0.1%"/);
  assert.match(drawn, /viewBox="0 0 1004 16"/);
  assert.match(drawn, /<rect class="bad" x="1000" y="0" width="2"/);
  assert.doesNotMatch(drawn, /class="wait"/);
});

test("response times are said as people say them, and drawn on one scale", () => {
  const said = [0.0004, 0.0094, 0.012, 0.34, 0.9994, 0.9996, 2.44, 9.96, 81.2].map(milliseconds);
  assert.deepEqual(said, ["0.4 ms", "9.4 ms", "12 ms", "340 ms", "999 ms", "1.0 s", "2.4 s", "10 s", "81 s"]);
  const drawn = textOf(latencyBar("/cart", { p50: 1, p95: 2, p99: 4 }, 4));
  assert.match(drawn, /\/cart: p50 1\.0 s, p95 2\.0 s, p99 4\.0 s/);
  assert.match(drawn, /<rect class="rest" x="0" y="5" width="146"/);
  assert.match(drawn, /<circle cx="294"/);
});

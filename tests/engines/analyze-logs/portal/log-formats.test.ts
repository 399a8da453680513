import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readSettings } from "../../../../core/settings.ts";
import { detect } from "../../../../formats/logs/detect.ts";
import { ownLogFormats } from "../../../../formats/logs/own.ts";
import { startPortal } from "../../../server/portal.ts";

const LINES = ["@3 1.2.2024 10:00 ~WARN~ stock is low", "@17 12.2.2024 9:00 ~ERROR~ it failed", "no such line"];
const FORM = {
  lines: LINES.join("\r\n"),
  time: "1.2.2024 10:00",
  level: "WARN",
  message: "stock is low",
  follows: "traces",
};

// Without a stack, as in a run of this file alone, the page says that Spark was not asked.
function sparkOf() {
  const { SPARK_REMOTE, HIVE_METASTORE_URI, LAKE_WAREHOUSE } = readSettings();
  return { SPARK_REMOTE, HIVE_METASTORE_URI, LAKE_WAREHOUSE };
}

test("five lines, marked and tried, become a format that detection uses from then on", async t => {
  const { SPARK_REMOTE: remote, HIVE_METASTORE_URI, LAKE_WAREHOUSE } = process.env.LAPTOP_DIR ? sparkOf() : {};
  const portal = await startPortal(
    t,
    remote && HIVE_METASTORE_URI && LAKE_WAREHOUSE
      ? { environment: { SPARK_REMOTE: remote, HIVE_METASTORE_URI, LAKE_WAREHOUSE } }
      : {},
  );
  const tried = await portal.post("/analyses/formats", { ...FORM, do: "try" });
  assert.equal(tried.status, 200);
  if (remote)
    assert.match(tried.text, /Parsed 2024-02-01 10:00:00 ! Warning stock is low ✓ Parsed 2024-02-12 09:00:00/);
  assert.match(tried.text, /Unparsed no such line/);
  const refused = await portal.post("/analyses/formats", { ...FORM, name: "syslog", do: "save" });
  assert.match(refused.text, /There is a format called syslog already/);
  assert.match(refused.body, /name="time" value="1\.2\.2024 10:00"/);
  const saved = await portal.post("/analyses/formats", { ...FORM, name: "shop-stock", do: "save" });
  assert.deepEqual([saved.status, saved.location], [303, "/analyses/formats"]);
  assert.ok(existsSync(join(portal.layout.root, "log-patterns", "shop-stock.json")));
  assert.match((await portal.get("/analyses/formats")).text, /shop-stock @3 1\.2\.2024 10:00 ~WARN~ stock is low/);
  const { format, sure } = detect(Buffer.from(LINES.slice(0, 2).join("\n")), {
    patterns: ownLogFormats(portal.layout.root),
  });
  assert.deepEqual([format?.name, sure], ["shop-stock", 1]);
  assert.match((await portal.get("/analyses")).body, /<option value="shop-stock">/);
  assert.equal((await portal.post("/analyses/formats/remove", { name: "shop-stock" })).status, 303);
  assert.deepEqual(ownLogFormats(portal.layout.root), []);
});

test("what is wrong stands at its field, and what was typed stays; HTML in lines stays text", async t => {
  const portal = await startPortal(t);
  const post = (change: Record<string, string>) => portal.post("/analyses/formats", { ...FORM, do: "try", ...change });
  const none = await post({ lines: "" });
  assert.deepEqual([none.status, /Paste up to five lines/.test(none.text)], [422, true]);
  const wrong = await post({ time: "11:11" });
  assert.match(wrong.text, /The time “11:11” does not stand in the first line/);
  assert.match(wrong.body, /name="level" value="WARN"/);
  const hostile = await post({
    lines: "10:00 <script>alert(1)</script>'; drop table x --",
    time: "10:00",
    level: "",
    message: "",
  });
  assert.ok(!hostile.body.includes("<script>alert(1)"));
  // Spark is a closed port here.
  assert.match(hostile.text, /The marks were found, but times and levels were not looked at/);
  assert.equal((await portal.post("/analyses/formats/remove", { name: "../people" })).status, 404);
});

test("a viewer sees the formats, and makes none", async t => {
  const portal = await startPortal(t, { role: "viewer" });
  assert.equal((await portal.get("/analyses/formats")).status, 200);
  assert.equal((await portal.post("/analyses/formats", { ...FORM, name: "x", do: "save" })).status, 403);
});

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newDatabase, testSession } from "../engines/lake.ts";
import { newWorld } from "../journey/world.ts";
import { needsBrowser, openAs, portalOn, startBrowser } from "./browser.ts";

test(
  "a plan lists columns and their types, says what is not known, and has the view that casts ready to copy",
  needsBrowser,
  async t => {
    const session = await testSession(t);
    const database = await newDatabase(t, session);
    await session.command(
      `create table ${database}.wide (t tinyint, c char(5), at timestamp, ${Array.from({ length: 40 }, (_, i) => `c${i} int`).join(", ")}) stored as orc`,
    );
    await session.command(`create table ${database}.counted stored as parquet as select id from range(100)`);
    await session.command(`analyze table ${database}.counted compute statistics`);
    await session.command(`create table ${database}.spans using parquet as select interval '1' day as span, 1 as id`);
    const world = newWorld(t);
    world.startWorker();
    const portal = await portalOn(t, world.layout.root);
    const browser = await startBrowser(t);
    const { page, problems } = await openAs(browser, portal, "operator");
    await page.goto(`/ingest?database=${database}`);
    for (const table of ["wide", "counted", "spans"]) await page.getByLabel(table, { exact: true }).check();
    await page.getByRole("button", { name: "Plan" }).click();
    await page.getByText("2 tables would be done").waitFor();
    const text = await page.locator("main").innerText();
    assert.match(text, /at least 100 rows, at least .*, the size of 1 is not known/);
    assert.match(text, /unknown/);
    await page.getByText("43 columns, 2 change their types").click();
    const columns = await page.getByRole("table", { name: /Columns of .*wide/ }).innerText();
    assert.match(columns, /t\s+tinyint\s+int/);
    assert.match(columns, /c\s+char\(5\)\s+string/);
    await page.getByText("The view, ready to copy").click();
    assert.match(
      await page.locator("main").innerText(),
      /create view `\w+`\.`spans_view` as\s+select cast\(`span` as string\) as `span`/,
    );
    for (const width of [320, 768, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.ok(wide <= 0, `${width}: ${wide} pixels too wide`);
      const outside = await page.evaluate(
        () =>
          [...document.querySelectorAll("td small, td .copyable")].filter(
            one => one.getBoundingClientRect().right > innerWidth,
          ).length,
      );
      assert.equal(outside, 0, `${width}: something stands outside of its card`);
      if (process.env.SHOTS) {
        mkdirSync(process.env.SHOTS, { recursive: true });
        await page.screenshot({ path: join(process.env.SHOTS, `plan-${width}.png`), fullPage: true });
      }
    }
    assert.deepEqual(problems, []);
  },
);

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { sqlName } from "../../connectors/iceberg/names.ts";
import { openTableSession } from "../../connectors/iceberg/session.ts";
import { newId } from "../../core/jobs/id.ts";
import { linesTable } from "../../engines/analyze-logs/parameters.ts";
import { archive, outcome } from "../core/audit/archive.ts";
import { demoAnalysis } from "../engines/analysis.ts";
import { settings } from "../engines/lake.ts";
import { newWorld } from "../journey/world.ts";
import { startPortal } from "../server/portal.ts";
import { needsBrowser, openAs, portalOn, startBrowser } from "./browser.ts";
import { HELD, writeLogs } from "./dropped-logs.ts";

const PATIENCE = { timeout: 300_000 };

test(
  "two logs are dropped, an hour is marked, a level filtered, the lines read, the report taken, and all is there again later",
  needsBrowser,
  async t => {
    const folder = mkdtempSync(join(tmpdir(), "portal-logs-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const { access, driver } = writeLogs(folder);
    const world = newWorld(t);
    world.startWorker();
    const portal = await portalOn(t, world.layout.root);
    const { page, problems } = await openAs(await startBrowser(t), portal, "operator", { acceptDownloads: true });
    const main = async () => (await page.locator("main").innerText()).replace(/\s+/g, " ");
    const figures = () => page.locator(".strip").waitFor(PATIENCE);
    const found = HELD.failing + HELD.traces;

    await page.goto("/analyses");
    assert.match(await main(), /You have analysed no log yet\. Drop log files above/);
    await dropFiles(page, [access, driver]);
    await page.waitForURL(/\/analyses\/\w+-analyze-logs-\w+$/);
    const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    t.after(() => dropLines(id));
    await figures();
    assert.match(await main(), new RegExp(`2,648 lines .* ${found} errors .* 2\\.4 % error rate .* 2 unparsed lines`));

    const box = await page.locator("svg.histogram").boundingBox();
    assert.ok(box);
    // The hour that fails is the fifteenth of twenty-four.
    const x = (hours: number) => box.x + (box.width * hours) / 24;
    await page.mouse.move(x(14) + 3, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(x(15) - 3, box.y + 60, { steps: 3 });
    await page.mouse.up();
    await page.waitForURL(/from=2026-11-23T14%3A00&to=2026-11-23T15%3A00$/);
    await figures();
    assert.match(await main(), new RegExp(`110 records match of 2,642 ${found} errors`));

    await page.getByLabel("Error", { exact: true }).check();
    await page.getByRole("button", { name: "Filter" }).click();
    await page.waitForURL(/level=error/);
    await figures();
    assert.match(await main(), new RegExp(`level error , take it off ✕ Clear all ${found} records match`));
    await page.locator(".strip a").first().click();
    await page.locator(".log.found").waitFor(PATIENCE);
    assert.equal(await page.locator(".log.found li").count(), found);
    const trace = page.locator(".log.found li").filter({ hasText: "Task 142 failed" });
    assert.match(await trace.innerText(), /<script>alert\("x"\)<\/script>/, "what a line says is text");
    await trace.locator("summary").click();
    assert.match(await trace.innerText(), /at org\.example\.Disk\.write\(Disk\.java:17\)/);
    await trace.locator("a").click();
    await page.locator(".log.found .marked").waitFor(PATIENCE);
    assert.match(await main(), /around line 143 of driver\.log .* broadcast_141 .* 143 .* broadcast_145/);

    await page.goto("/analyses");
    await page.getByRole("link", { name: "access.log and driver.log" }).click();
    await figures();
    await page.getByText("Reports", { exact: true }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "errors_by_type.csv" }).click();
    const report = readFileSync(await (await download).path(), "utf8");
    assert.match(report, new RegExp(`502 GET .*error.*${HELD.failing}`));

    await markByKeys(page);
    await page.waitForURL(/from=2026-11-23T01%3A00&to=/);
    assert.deepEqual(problems, []);
  },
);

test("a page that is kept fresh analyses the same again by itself, and its filters stay", needsBrowser, async t => {
  const portal = await startPortal(t);
  const at = new Date(Date.now() - 60_000).toISOString();
  const record = archive(portal.layout, undefined, {
    ...{ id: newId("analyze-logs", new Date(at)), type: "analyze-logs", parameters: { files: ["a.log"] } },
    ...{ submittedAt: at, startedAt: at, finishedAt: at, tables: [{ ...outcome("logs"), analysis: demoAnalysis() }] },
  });
  const { page } = await openAs(await startBrowser(t), portal, "operator");
  await page.goto(`/analyses/${record.id}?every=2&level=error`);
  await page.waitForURL(url => url.pathname !== `/analyses/${record.id}` && url.search === "?level=error&every=2");
  await page.getByText("Waiting for a free slot.").waitFor();
  const waiting = readdirSync(portal.layout.queue).filter(name => name.endsWith(".json"));
  assert.deepEqual(
    waiting.map(name => JSON.parse(readFileSync(join(portal.layout.queue, name), "utf8")).parameters),
    [{ files: ["a.log"] }],
  );
});

// As a mouse does it: the files come over the page and are let go there.
async function dropFiles(page: Awaited<ReturnType<typeof openAs>>["page"], paths: readonly string[]): Promise<void> {
  const files = paths.map(path => ({ name: path.slice(path.lastIndexOf("/") + 1), text: readFileSync(path, "utf8") }));
  const data = await page.evaluateHandle(
    `(() => { const data = new DataTransfer(); for (const { name, text } of ${JSON.stringify(files)}) data.items.add(new File([text], name)); return data; })()`,
  );
  const form = page.locator("form[data-upload]");
  await form.dispatchEvent("dragover", { dataTransfer: data });
  await form.dispatchEvent("drop", { dataTransfer: data });
}

// The first moment is moved by four steps of a quarter of an hour.
async function markByKeys(page: Awaited<ReturnType<typeof openAs>>["page"]): Promise<void> {
  const first = page.getByLabel("First moment");
  await first.focus();
  for (let step = 0; step < 4; step++) await page.keyboard.press("ArrowRight");
  assert.equal(await first.getAttribute("aria-valuetext"), "2026-11-23 01:00:00 UTC");
  await page.keyboard.press("Enter");
}

// On a session of its own, since the portal's goes with the test.
async function dropLines(id: string): Promise<void> {
  const session = await openTableSession(settings);
  await attachCatalogs(session, settings, ["lake"]);
  await session.command(`drop table if exists ${sqlName(linesTable(id))} purge`);
  await session.release();
  session.close();
}

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { newDatabase, testSession } from "../engines/lake.ts";
import { newWorld } from "../journey/world.ts";
import { needsBrowser, openAs, portalOn, startBrowser } from "./browser.ts";

/** Waits until the job that a page shows has ended, in this state. */
async function endsAs(page: Page, state: string): Promise<void> {
  const word = page.locator(".head .state").filter({ hasText: /Succeeded|Failed|Cancelled/ });
  await word.waitFor({ timeout: 180_000 });
  const shown = (await word.innerText()).replace(/\s+/g, " ").trim();
  assert.equal(shown, state, await page.locator("main").innerText());
}

test(
  "a newcomer moves a table from Hive to Azure to Snowflake by clicking, and finds it in the audit",
  needsBrowser,
  async t => {
    const session = await testSession(t);
    const database = await newDatabase(t, session);
    await session.command(
      `create table ${database}.orders stored as parquet as select id, concat('c', id % 10) as customer from range(1000)`,
    );
    await session.command(
      `create table ${database}.customers stored as orc as select id, concat('c', id) as name from range(10)`,
    );
    await session.command(
      `create table ${database}.ledger (id int) stored as orc tblproperties ('transactional' = 'false')`,
    );
    const world = newWorld(t);
    world.startWorker();
    const portal = await portalOn(t, world.layout.root);
    const browser = await startBrowser(t);

    const link = `/welcome?link=${portal.auth.tokens.link(portal.auth.people.add("newcomer", "administrator").name)}`;
    const context = await browser.newContext({ baseURL: portal.url });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const problems: string[] = [];
    page.on("pageerror", error => problems.push(error.message));
    page.on("console", message => message.type() === "error" && problems.push(message.text()));

    await page.goto(link);
    assert.match(await page.locator("main").innerText(), /Welcome, newcomer/);
    await page.getByRole("link", { name: /^Ingest tables From/ }).click();
    await page.getByLabel("Hive database").selectOption(database);
    await page.getByLabel("orders", { exact: true }).check();
    await page.getByLabel("customers", { exact: true }).check();
    await page.getByLabel("then copy to Azure").check();
    await page.getByLabel("and register on Snowflake").check();
    await page.getByRole("button", { name: "Ingest 2 tables" }).waitFor();
    await page.getByRole("button", { name: "Plan" }).click();
    await page.getByText("2 tables would be done").waitFor();
    assert.match(
      await page.locator("main").innerText(),
      /Then, with what was proven: copy to Azure, then register on Snowflake/,
    );
    await page.getByRole("button", { name: "Start" }).click();
    await endsAs(page, "✓ Succeeded");
    assert.match(await page.locator("main").innerText(), /Every target was read back and is equal to its source/);

    await page
      .getByRole("link", { name: /^Migrate 2 tables/ })
      .first()
      .click();
    await endsAs(page, "✓ Succeeded");
    await page
      .getByRole("link", { name: /^Register 2 tables/ })
      .first()
      .click();
    await endsAs(page, "✓ Succeeded");
    assert.match(await page.locator("main").innerText(), /Snowflake reads the same counts/);

    await page.getByRole("link", { name: "Audit" }).click();
    const audit = await page.locator("main").innerText();
    for (const job of ["Ingest 2 tables", "Migrate 2 tables", "Register 2 tables"])
      assert.ok(audit.includes(job), audit);
    await page.getByText("Export to Snowflake").first().click();
    const press = page.getByRole("button", { name: /Export/ }).last();
    await press.click();
    await world.until(
      "the export",
      () =>
        portal.portal.index.refresh() + 1 &&
        portal.portal.index.count({ type: "export-audit", status: "succeeded" }, 1).jobs > 0,
    );

    await page.goto(`/migrate?namespace=${database}_iceberg`);
    await page.getByText("up to date").first().waitFor();
    assert.deepEqual(problems, []);
  },
);

test("a job is followed live, cancelled, and what failed is retried alone", needsBrowser, async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.good stored as parquet as select id from range(100)`);
  const world = newWorld(t);
  const portal = await portalOn(t, world.layout.root);
  const browser = await startBrowser(t);
  const { page, problems } = await openAs(browser, portal, "operator");

  // No worker yet: the job waits, the page says why, and it is cancelled in the queue.
  const request = { person: { name: "test-operator", role: "operator" }, address: "127.0.0.1", via: "portal" } as const;
  const id = portal.portal.submit(request, {
    type: "ingest-hive",
    parameters: { database, tables: ["good", "missing"] },
  });
  const other = portal.portal.submit(request, { type: "ingest-hive", parameters: { database, tables: ["good"] } });
  await page.goto(`/jobs/${other}`);
  await page.getByText("It waits: no worker is running").waitFor();
  await page.getByText("Cancel…").click();
  await page.getByLabel("Why").fill("only a try");
  await page.getByRole("button", { name: "Cancel this job" }).click();
  world.startWorker();
  await endsAs(page, "⊘ Cancelled");

  await page.goto(`/jobs/${id}`);
  await endsAs(page, "✕ Failed");
  assert.match(await page.locator("main").innerText(), /There is no table missing/);
  await page.goto(`/jobs/${id}/log`);
  await page.getByText("succeeded, 100 rows").first().waitFor();
  await page.goto(`/jobs/${id}`);
  await session.command(`create table ${database}.missing stored as parquet as select id from range(5)`);
  await page.getByRole("button", { name: "Retry the 1 that failed" }).click();
  await page.waitForURL(url => !url.pathname.endsWith(id));
  await endsAs(page, "✓ Succeeded");
  const tables = await page.locator("#tables tbody").innerText();
  assert.ok(tables.includes("missing") && !tables.includes("good"), tables);
  assert.deepEqual(problems, []);
});

test("the same forms work with script off", needsBrowser, async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  for (const name of ["alpha", "beta", "gamma"])
    await session.command(`create table ${database}.${name} stored as parquet as select id from range(10)`);
  const world = newWorld(t);
  world.startWorker();
  const portal = await portalOn(t, world.layout.root);
  const browser = await startBrowser(t);
  const { page } = await openAs(browser, portal, "operator", { javaScriptEnabled: false });

  await page.goto(`/ingest?database=${database}`);
  await world.until("the names", async () => {
    await page.reload();
    return (await page.getByLabel("alpha", { exact: true }).count()) > 0;
  });
  await page.getByLabel("alpha", { exact: true }).check();
  await page.getByLabel("Filter tables").fill("be");
  await page.getByRole("button", { name: "Filter" }).click();
  assert.equal(await page.locator("tbody tr").count(), 1);
  await page.getByLabel("beta", { exact: true }).check();
  await page.getByLabel("then copy to Azure").check();
  await page.getByRole("button", { name: "Filter" }).click();
  assert.match(await page.locator("#total").innerText(), /2 tables/);
  assert.equal(await page.getByLabel("then copy to Azure").isChecked(), true);
  await page.getByRole("button", { name: "Ingest 2 tables" }).click();
  assert.match(page.url(), /\/jobs\/.*ingest-hive/);
  const job = await world.record(decodeURIComponent(new URL(page.url()).pathname.split("/")[2] ?? ""));
  assert.deepEqual(job.parameters.tables, ["alpha", "beta"]);
  await page.reload();
  await endsAs(page, "✓ Succeeded");
  await page.goto("/jobs");
  await page.getByRole("searchbox", { name: "Filter" }).fill("nowhere");
  await page.getByRole("button", { name: "Filter" }).click();
  assert.match(await page.locator("main").innerText(), /No jobs match/);
  await page.getByRole("button", { name: "Log out" }).click();
  assert.match(page.url(), /login/);
});

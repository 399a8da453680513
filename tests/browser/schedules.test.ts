import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Schedule } from "../../core/jobs/schedule.ts";
import { readJson } from "../../core/system/json.ts";
import { startPortal } from "../server/portal.ts";
import { needsBrowser, openAs, startBrowser } from "./browser.ts";

const JOB = '{ "type": "export-audit", "parameters": {} }';

test(
  "while somebody types a line, the page says what it means; then it is made, paused and run",
  needsBrowser,
  async t => {
    const [portal, browser] = await Promise.all([startPortal(t), startBrowser(t)]);
    const { page, problems } = await openAs(browser, portal, "operator");
    await page.goto("/schedules");
    await page.getByRole("link", { name: "New schedule" }).click();
    await page.getByLabel("Name").fill("nightly");
    await page.getByRole("textbox", { name: /^Job/ }).fill(JOB);
    await page.getByRole("textbox", { name: /^Cron/ }).fill("30 2 * * mon-fri");
    await page.getByText("At 02:30, Monday through Friday.").waitFor();
    await page.getByLabel("Time zone").fill("Europe/Berln");
    await page.getByText('did you mean "Europe/Berlin"?').waitFor();
    await page.getByLabel("Time zone").fill("Europe/Berlin");
    await page.getByText("At 02:30, Monday through Friday.").waitFor();
    assert.equal(await page.getByRole("textbox", { name: /^Job/ }).inputValue(), JOB, "what was typed stays");
    await page.getByRole("button", { name: "Create schedule" }).click();
    await page.getByText("nightly comes at 02:30, Monday through Friday").waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("nightly is paused.").waitFor();
    const file = join(portal.layout.schedules, "nightly.json");
    assert.deepEqual(
      [readJson<Schedule>(file)?.paused, readJson<Schedule>(file)?.timeZone, readJson<Schedule>(file)?.submittedBy],
      [true, "Europe/Berlin", "test-operator"],
    );
    await page.getByRole("button", { name: "Run now" }).click();
    await page.waitForURL(/\/jobs\/.*-export-audit-/);
    assert.deepEqual(problems, []);
  },
);

test("without script a schedule is looked at, made, and deleted after a question", needsBrowser, async t => {
  const [portal, browser] = await Promise.all([startPortal(t), startBrowser(t)]);
  const { page } = await openAs(browser, portal, "operator", { javaScriptEnabled: false });
  await page.goto("/new-schedule");
  await page.getByLabel("Name").fill("weekly");
  await page.getByRole("textbox", { name: /^Job/ }).fill(JOB);
  await page.getByRole("textbox", { name: /^Cron/ }).fill("0 4 * * sun");
  await page.getByRole("button", { name: "Preview times" }).click();
  await page.getByText("At 04:00, only on Sunday.").waitFor();
  assert.equal(await page.locator("textarea[name=job]").inputValue(), JOB);
  await page.getByRole("button", { name: "Create schedule" }).click();
  await page.waitForURL(/\/schedules\/weekly$/);
  await page.getByText("Delete…").click();
  await page.getByRole("button", { name: "Delete weekly" }).click();
  await page.getByText("weekly is deleted.").waitFor();
  assert.deepEqual(
    readdirSync(portal.layout.schedules).filter(name => name.endsWith(".json")),
    [],
  );
});

test("the list follows what happens to the files, by itself", needsBrowser, async t => {
  const [portal, browser] = await Promise.all([startPortal(t), startBrowser(t)]);
  const { page } = await openAs(browser, portal, "viewer");
  await page.goto("/schedules");
  await page.getByText("No schedules yet").waitFor();
  const file = { cron: "0 3 * * *", job: JSON.parse(JOB) };
  writeFileSync(join(portal.layout.schedules, "dropped.json"), JSON.stringify(file));
  await page.getByRole("link", { name: "dropped" }).waitFor();
});

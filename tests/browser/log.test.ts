import assert from "node:assert/strict";
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { logFile, runningFiles } from "../../core/store/layout.ts";
import { archive } from "../core/audit/archive.ts";
import { endedJob, lines, runningJob } from "../server/log-files.ts";
import { startPortal } from "../server/portal.ts";
import { needsBrowser, openAs, startBrowser } from "./browser.ts";

const ERRORS = Object.fromEntries([100, 700, 1450].map(at => [at, `2026-11-24T10:00:00.000Z ERROR broken at ${at}`]));

test(
  "a log is followed until somebody scrolls up; the box takes it up again; it ends with its job",
  needsBrowser,
  async t => {
    const portal = await startPortal(t);
    const id = runningJob(portal.layout);
    const path = logFile(portal.layout, id, 1);
    writeFileSync(path, lines(300));
    const { page, problems } = await openAs(await startBrowser(t), portal, "viewer");
    await page.goto(`/jobs/${id}/log`);
    const follow = page.getByLabel("Follow");
    assert.ok(await isAtEnd(page));
    assert.ok(await follow.isChecked());
    appendFileSync(path, "a new line\n");
    await page.getByText("a new line", { exact: true }).waitFor();
    assert.ok(await isAtEnd(page));

    await page.getByRole("log").hover();
    await page.mouse.wheel(0, -600);
    await page.locator("[data-follow]:not(:checked)").waitFor();
    const top = await scrollTop(page);
    appendFileSync(path, "another line\n");
    await page.getByText("another line", { exact: true }).waitFor();
    assert.equal(await scrollTop(page), top);
    await follow.check();
    assert.ok(await isAtEnd(page));

    appendFileSync(path, "failed: it is over");
    archive(portal.layout, undefined, { id, status: "failed" });
    rmSync(runningFiles(portal.layout, id).job);
    await page.getByText("This is the end.").waitFor();
    assert.match(
      await page.getByRole("log").innerText(),
      /another line[\s\S]*failed: it is over[\s\S]*This is the end\.$/,
    );
    assert.match(await page.locator(".head").innerText(), /Failed/);
    assert.equal(await follow.isVisible(), false);
    assert.deepEqual(problems, []);
  },
);

test(
  "earlier lines come above without a jump, and n and p step through the errors of the whole log",
  needsBrowser,
  async t => {
    const portal = await startPortal(t);
    const id = endedJob(portal.layout, lines(1500, ERRORS));
    const { page, problems } = await openAs(await startBrowser(t), portal, "viewer");
    await page.goto(`/jobs/${id}/log`);
    const first = page.locator("#L1001");
    await first.scrollIntoViewIfNeeded();
    const before = (await first.boundingBox())?.y ?? 0;
    await page.getByRole("link", { name: "Earlier lines" }).click();
    await page.locator("#L501").waitFor({ state: "attached" });
    assert.ok(Math.abs(((await first.boundingBox())?.y ?? 0) - before) < 3);

    await page.goto(`/jobs/${id}/log`);
    for (const [key, line] of [
      ["p", 1450],
      ["p", 700],
      ["p", 100],
      ["n", 700],
      ["n", 1450],
    ] as const) {
      await page.keyboard.press(key);
      await page.locator(`#L${line}.marked`).waitFor();
    }
    await page.getByLabel("Find in the whole log").fill("pnpn");
    assert.equal(await page.locator("#L1450.marked").count(), 1);
    assert.deepEqual(problems, []);
  },
);

test("a line opens by its number alone; without script the log opens at its end too", needsBrowser, async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, lines(1500, ERRORS));
  const browser = await startBrowser(t);
  const { page } = await openAs(browser, portal, "viewer");
  await page.goto(`/jobs/${id}/log#L5`);
  await page.locator("#L5.marked").waitFor();
  const plain = await openAs(browser, portal, "viewer", { javaScriptEnabled: false });
  await plain.page.goto(`/jobs/${id}/log`);
  await plain.page.getByText("This is the end.").waitFor();
  assert.ok(await isInView(plain.page, "#L1500"));
  await plain.page.getByRole("link", { name: "Previous error" }).click();
  assert.ok(await isInView(plain.page, "#L1450.marked"));
});

async function isAtEnd(page: Page): Promise<boolean> {
  return await page.getByRole("log").evaluate(log => log.scrollHeight - log.scrollTop - log.clientHeight < 24);
}

async function scrollTop(page: Page): Promise<number> {
  return await page.getByRole("log").evaluate(log => log.scrollTop);
}

async function isInView(page: Page, line: string): Promise<boolean> {
  const log = await page.getByRole("log").boundingBox();
  const box = await page.locator(line).boundingBox();
  return log !== null && box !== null && box.y >= log.y && box.y + box.height <= log.y + log.height;
}

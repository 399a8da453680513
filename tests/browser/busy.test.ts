import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { newId } from "../../core/jobs/id.ts";
import { archive, outcome } from "../core/audit/archive.ts";
import { demoAnalysis } from "../engines/analysis.ts";
import { startPortal } from "../server/portal.ts";
import { needsBrowser, openAs, startBrowser } from "./browser.ts";

test(
  "a filter of logs keeps the figures until the answer is there, and says that it is at work",
  needsBrowser,
  async t => {
    const portal = await startPortal(t);
    const id = newId("analyze-logs");
    const tables = [{ ...outcome("logs"), analysis: demoAnalysis() }];
    archive(portal.layout, undefined, { id, type: "analyze-logs", parameters: { files: ["access.log"] }, tables });
    await portal.portal.index.reconcile();
    const { page } = await openAs(await startBrowser(t), portal, "operator");
    await page.goto(`/analyses/${id}`);
    await page.route("**/analyses/**level=error**", async route => {
      await pause(2_000);
      await route.continue();
    });
    await page.getByLabel("Error", { exact: true }).first().check();
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.locator('#whole[aria-busy="true"]').waitFor();
    assert.equal(await page.locator("svg.histogram").first().isVisible(), true, "the figures stay");
    assert.match(await page.locator("[data-busy]").first().innerText(), /Working on it/);
    assert.equal(await page.locator(".busy progress").first().isVisible(), true);
    // Spark is away here: the answer says so, and the whole is shown.
    await page.getByText("without your filter").waitFor();
    assert.match(page.url(), /level=error/);
    assert.equal(await page.locator("#whole").getAttribute("aria-busy"), null);
    assert.equal(await page.locator("svg.histogram").first().isVisible(), true);
  },
);

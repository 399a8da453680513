import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { newWorld } from "../journey/world.ts";
import { startPortal } from "../server/portal.ts";
import { needsBrowser, openAs, startBrowser } from "./browser.ts";

test("an operator picks two scripts, runs them, and watches both end", needsBrowser, async t => {
  const folder = mkdtempSync(join(tmpdir(), "portal-scripts-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "good.py"), "print('all is well')\n");
  writeFileSync(join(folder, "bad.py"), "import sys\nsys.exit(4)\n");
  writeFileSync(join(folder, "other.py"), "print('not asked for')\n");
  const world = newWorld(t);
  // A Spark of the laptop's kind, for which none of the shared services is needed.
  const environment = { SCRIPTS_DIR: folder, LAPTOP_DIR: folder, SPARK_REMOTE: "", SPARK_HOME: "" };
  world.startWorker(environment);
  const portal = await startPortal(t, { root: world.layout.root, environment: { SCRIPTS_DIR: folder } });
  const { page, context, problems } = await openAs(await startBrowser(t), portal, "operator");
  const list = await context.newPage();

  await page.goto("/scripts");
  await page.getByLabel("good.py").check();
  await page.getByLabel("bad.py").check();
  await page.getByRole("button", { name: "Run selected" }).click();
  await page.waitForURL(/\/jobs\/\d{8}T/);
  await list.goto(`${portal.url}/scripts`);
  const row = (name: string) => list.getByRole("row").filter({ hasText: name });

  await page.locator(".head .state").filter({ hasText: "Failed" }).waitFor({ timeout: 180_000 });
  const job = await page.locator("main").innerText();
  assert.match(job, /1 of 2 scripts failed/);
  assert.match(job, /good\.py[\s\S]*exit code 0/);
  assert.match(job, /bad\.py ended with exit code 4\./);
  // The list has followed by itself.
  await row("good.py").getByText("Success").waitFor({ timeout: 60_000 });
  await row("bad.py").getByText("Failed").waitFor({ timeout: 60_000 });
  assert.match(await row("other.py").innerText(), /Pending/);
  assert.deepEqual(problems, []);
});

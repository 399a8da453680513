import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { needsBrowser, openAs, portalOn, startBrowser } from "./browser.ts";

test("a page whose portal is away keeps what it shows, says so, and goes on when it is back", needsBrowser, async t => {
  const root = mkdtempSync(join(tmpdir(), "portal-away-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const portal = await portalOn(t, root);
  const browser = await startBrowser(t);
  const { page, context } = await openAs(browser, portal, "viewer");
  await page.goto("/");
  const away = page.getByText("The portal does not answer");
  await context.setOffline(true);
  await away.waitFor();
  assert.equal(await page.getByRole("heading", { name: "Overview" }).isVisible(), true);
  await context.setOffline(false);
  await away.waitFor({ state: "hidden" });
});

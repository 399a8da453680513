import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, test } from "node:test";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { newId } from "../../core/jobs/id.ts";
import { endReport, reportPart, reportTo } from "../../setup/report.mjs";
import { needsBrowser, openAs, startBrowser } from "./browser.ts";
import { ANALYSIS, fullPortal } from "./full.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
// A page in the dark differs by its colours alone.
const RULES = {
  light: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  dark: ["color-contrast"],
};

// One portal and one browser for the whole file.
const context = { after: (end: () => void | Promise<void>) => after(end) };
const ready = needsBrowser.skip === undefined ? Promise.all([fullPortal(context), startBrowser(context)]) : undefined;

/** Every page, with something on it. */
function pages(id: string): string[] {
  return [
    "/",
    "/ingest",
    "/migrate",
    "/files",
    "/scripts",
    "/streams",
    "/streams/web-logs",
    "/analyses?who=all",
    `/analyses/${ANALYSIS}`,
    `/analyses/${ANALYSIS}?level=error&service=orders`,
    `/analyses/${ANALYSIS}/lines?level=error`,
    `/analyses/compare?a=${ANALYSIS}&b=${ANALYSIS}`,
    "/jobs",
    "/jobs?state=failed",
    "/jobs?text=nowhere",
    `/jobs/${id}`,
    `/jobs/${id}/log`,
    `/jobs/${id}/log?view=events`,
    `/jobs/${id}/proofs`,
    "/schedules",
    "/schedules/nightly",
    "/new-schedule",
    "/rejected",
    "/audit",
    "/audit?view=tables",
    "/audit?view=activity",
    "/doctor",
    "/people",
    "/account",
    "/patterns",
    `/jobs/${newId("ingest-hive")}`,
  ];
}

async function violations(page: Page, rules: readonly string[]): Promise<string[]> {
  const results = (await page.evaluate(`axe.run({ runOnly: ${JSON.stringify(rules)} })`)) as AxeResults;
  // Of the same thing found many times the first three are enough to mend it.
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map(node => `${id}: ${node.target.join(" ")}: ${node.failureSummary ?? ""}`),
  );
}

test("no page has anything against it that axe knows, in light and in dark", needsBrowser, async () => {
  const [{ portal, id }, browser] = await ready!;
  // Axe is put into the page by script, which the portal's own policy rightly refuses.
  const { page } = await openAs(browser, portal, "administrator", { bypassCSP: true });
  const found: string[] = [];
  const look = async (path: string) => {
    await page.emulateMedia({ colorScheme: "light" });
    await page.goto(path);
    await page.addScriptTag({ path: AXE });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      found.push(...(await violations(page, RULES[colorScheme])).map(one => `${path}, ${colorScheme}: ${one}`));
    }
  };
  for (const path of pages(id)) await look(path);
  await page.context().clearCookies();
  await look("/login");
  assert.deepEqual(found, []);
});

test("every control is reached by Tab, with its focus visible", needsBrowser, async () => {
  const [{ portal, id }, browser] = await ready!;
  const { page } = await openAs(browser, portal, "administrator");
  for (const path of ["/jobs", `/jobs/${id}`, "/streams", `/analyses/${ANALYSIS}`, "/audit", "/people"]) {
    await page.goto(`${path}${path.includes("?") ? "&" : "?"}paused=1`);
    const wanted = Number(await page.evaluate(CONTROLS));
    const reached = new Set<string>();
    // A field for a date takes several steps.
    for (let i = 0; i < wanted * 3 && reached.size < wanted; i++) {
      await page.keyboard.press("Tab");
      const { key, outline } = (await page.evaluate(FOCUSED)) as { key: string; outline: boolean };
      if (!key) continue;
      assert.ok(outline, `${path}: the focus on ${key} can't be seen`);
      reached.add(key);
    }
    assert.equal(reached.size, wanted, path);
  }
});

const CONTROLS = `(() => { const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")].filter(e => !e.disabled && e.checkVisibility() && e.tabIndex >= 0); all.forEach((e, i) => e.dataset.tested = i); return all.length; })()`;
const FOCUSED = `(() => { const e = document.activeElement; const s = getComputedStyle(e); return { key: e.dataset?.tested ?? "", outline: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 }; })()`;

test("the sidebar and the set-up follow by themselves on a page that does", needsBrowser, async t => {
  const [{ portal }, browser] = await ready!;
  const { page } = await openAs(browser, portal, "viewer");
  await page.goto("/");
  const count = page.locator("#sidebar a[href='/rejected'] .n");
  const before = Number(await count.innerText());
  const file = join(portal.layout.rejected, "one-more.json");
  const part = { kind: "start", title: "Spark", neededFor: "every job" } as const;
  t.after(() => {
    rmSync(file);
    reportPart(part, { state: "succeeded" });
    endReport();
  });
  writeFileSync(file, "{");
  reportTo(portal.portal.settings.LAPTOP_DIR);
  reportPart(part, { state: "running" });
  await page.locator(`#sidebar a[href='/rejected'] .n:text-is("${before + 1}")`).waitFor();
  assert.match(await page.locator("[aria-labelledby=set-up-title]").innerText(), /Spark\s+●\s*Starting/);
  const other = await page.context().newPage();
  await other.goto("/jobs");
  await other.getByText("Starting Spark. It is needed for every job.").waitFor();
  reportPart(part, { state: "succeeded" });
  await other.locator("#set-up[hidden]").waitFor({ state: "attached" });
  await page.locator("[aria-labelledby=set-up-title]").waitFor({ state: "detached" });
});

test("what is printed has the page and not the way around it", needsBrowser, async () => {
  const [{ portal }, browser] = await ready!;
  const { page } = await openAs(browser, portal, "viewer");
  await page.goto("/audit");
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("#sidebar").isVisible(), false);
  assert.equal(await page.locator("h1").isVisible(), true);
  assert.equal(await page.locator("tbody tr").first().isVisible(), true);
  const pdf = await page.pdf();
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
});

test("no script of a page fails, and its policy refuses nothing", needsBrowser, async () => {
  const [{ portal, id }, browser] = await ready!;
  const { page, problems } = await openAs(browser, portal, "administrator");
  for (const path of pages(id).slice(0, -1)) {
    await page.goto(path);
    await page.waitForTimeout(100);
    assert.deepEqual(problems, [], path);
  }
});

test("a theme that somebody chooses stays chosen", needsBrowser, async () => {
  const [{ portal }, browser] = await ready!;
  const { page } = await openAs(browser, portal, "viewer", { colorScheme: "light" });
  await page.goto("/");
  await page.getByRole("button", { name: "Theme" }).click();
  await page.goto("/jobs");
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
});

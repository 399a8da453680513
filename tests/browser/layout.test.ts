import assert from "node:assert/strict";
import { after, test } from "node:test";
import { needsBrowser, openAs, startBrowser } from "./browser.ts";
import { ANALYSIS, fullPortal } from "./full.ts";

const context = { after: (end: () => void | Promise<void>) => after(end) };
const ready = needsBrowser.skip === undefined ? Promise.all([fullPortal(context), startBrowser(context)]) : undefined;

/** Every page with something on it, for an administrator. */
function pages(id: string, plan: string): string[] {
  return [
    ...["/", "/ingest", "/migrate", "/files", "/scripts", "/streams", "/streams/web-logs", "/analyses?who=all"],
    ...[`/analyses/${ANALYSIS}`, `/analyses/${ANALYSIS}/lines?level=error`],
    `/analyses/compare?a=${ANALYSIS}&b=${ANALYSIS}`,
    ...["/jobs", "/jobs?state=running", "/jobs?state=queued", "/jobs?state=failed"],
    ...[`/jobs/${id}`, `/jobs/${id}/log`, `/jobs/${id}/log?view=events`, `/jobs/${id}/proofs`, `/plans/${plan}`],
    ...["/schedules", "/schedules/nightly", `/new-schedule?from=${id}`, "/rejected"],
    ...[
      "/audit",
      "/audit?view=tables",
      "/audit?view=activity",
      "/doctor",
      "/people",
      "/account",
      "/search?text=orders",
    ],
  ];
}

// With all that is folded away opened: wider than the window, or than the card that something stands in.
const TOO_WIDE = `(() => {
  for (const part of document.querySelectorAll("main details:not(.confirm)")) part.open = true;
  const found = [];
  const page = document.documentElement.scrollWidth;
  if (page > innerWidth) found.push("the page is " + page + " px wide");
  const scrolls = element => /auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX);
  for (const element of document.querySelectorAll("main *")) {
    const card = element.parentElement.closest(".card, .verdict, .notice, .strip, .chart, .drop");
    if (!card || !element.checkVisibility()) continue;
    let around = element.parentElement;
    while (around !== card.parentElement && !scrolls(around)) around = around.parentElement;
    if (around !== card.parentElement) continue;
    const [inner, outer] = [element.getBoundingClientRect(), card.getBoundingClientRect()];
    if (inner.width > 0 && (inner.right > outer.right + 1 || inner.left < outer.left - 1))
      found.push(element.tagName + "." + element.className + " leaves its card: " + element.textContent.slice(0, 40));
  }
  for (const cell of document.querySelectorAll("main .strip > div"))
    if (cell.scrollWidth > cell.clientWidth + 1) found.push("a figure is cut: " + cell.textContent);
  for (const table of document.querySelectorAll("main .scroll"))
    if (table.scrollWidth > table.clientWidth + 1) found.push("a table is " + table.scrollWidth + " px in " + table.clientWidth);
  return found.slice(0, 5);
})()`;

for (const width of [320, 768, 1280])
  test(`no page with data scrolls sideways or has anything outside its card at ${width} px`, needsBrowser, async () => {
    const [{ portal, id, plan }, browser] = await ready!;
    const { page } = await openAs(browser, portal, "administrator", { viewport: { width, height: 800 } });
    const found: string[] = [];
    for (const path of pages(id, plan)) {
      const response = await page.goto(path);
      assert.equal(response?.status(), 200, path);
      found.push(...((await page.evaluate(TOO_WIDE)) as string[]).map(one => `${path}: ${one}`));
    }
    assert.deepEqual(found, []);
  });

test("Ctrl+K searches over any page, by keyboard alone", needsBrowser, async () => {
  const [{ portal, id }, browser] = await ready!;
  const { page } = await openAs(browser, portal, "viewer");
  await page.goto("/audit");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("third quarter");
  await page.locator("#search #found a").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/jobs/${id}`);
});

test("single-letter keys can be switched off, and stay so", needsBrowser, async () => {
  const [{ portal }, browser] = await ready!;
  const { page } = await openAs(browser, portal, "viewer");
  await page.goto("/audit");
  await page.getByRole("button", { name: "Keys" }).click();
  await page.getByLabel("Use single-letter keys").uncheck();
  await page.getByRole("button", { name: "Close" }).click();
  await page.goto("/audit");
  await page.keyboard.press("j");
  await page.keyboard.press("?");
  assert.equal(await page.locator("#keys").isVisible(), false);
  assert.match(page.url(), /\/audit$/);
});

test("what is printed tells exact times", needsBrowser, async () => {
  const [{ portal }, browser] = await ready!;
  const { page } = await openAs(browser, portal, "viewer");
  await page.goto("/audit");
  await page.emulateMedia({ media: "print" });
  const shown = await page.evaluate(
    `(() => { const t = document.querySelector("tbody time"); return getComputedStyle(t, "::after").content + getComputedStyle(t).fontSize; })()`,
  );
  assert.match(String(shown), /^"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"0px$/);
});

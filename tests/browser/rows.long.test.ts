import assert from "node:assert/strict";
import { test } from "node:test";
import { newDatabase, testSession } from "../engines/lake.ts";
import { newWorld } from "../journey/world.ts";
import { needsBrowser, openAs, portalOn, startBrowser } from "./browser.ts";

const TEXTS: Readonly<Record<string, string>> = {
  mixed: "\n\rfirst\r\nsecond\rthird\n\n",
  quotes: `it's "so" \`and\` \\n \\ <b>&amp;&#10;</b> -- /* */ ;`,
  signs: "\ttab\u00a0\u2028\u0085\u0007😀👩‍👩‍👧 e\u0301\u{FEFF}",
  long: `${"x".repeat(99_000)}\r\n😀`,
};

test("a browser, with script and without, brings every text of a row back as it was", needsBrowser, async t => {
  const session = await testSession(t);
  const namespace = `${await newDatabase(t, session)}_iceberg`;
  const table = `lake.${namespace}.t`;
  await session.command(`create namespace lake.${namespace}`);
  const names = Object.keys(TEXTS);
  await session.command(
    `create table ${table} (k string not null, n int, ${names.map(name => `${name} string`).join(", ")}, empty string, nothing string) using iceberg tblproperties ('portal.key' = 'k')`,
  );
  const hex = (text: string) => Buffer.from(text).toString("hex");
  const values = Object.values(TEXTS).map(text => `cast(x'${hex(text)}' as string)`);
  await session.command(`insert into ${table} select 'a\nb', 1, ${values.join(", ")}, '', null`);
  const world = newWorld(t);
  world.startWorker();
  const portal = await portalOn(t, world.layout.root);
  await world.until("a worker", () => portal.portal.workerLives());
  const browser = await startBrowser(t);
  const stored = async () => {
    const [row] = await session.query(
      `select n, ${names.map(name => `lower(hex(${name})) as ${name}`).join(", ")}, empty, nothing from ${table}`,
    );
    return row ?? {};
  };
  const expected = Object.fromEntries(names.map(name => [name, hex(TEXTS[name] ?? "")]));
  const path = `/tables/lake/${namespace}/t/row?key=${encodeURIComponent("a\nb")}`;

  for (const [figure, javaScriptEnabled] of [
    [2, true],
    [3, false],
  ] as const) {
    const { page, context, problems } = await openAs(browser, portal, "operator", { javaScriptEnabled });
    await page.goto(path);
    const figureField = page.getByLabel(/^n \(int\)/);
    await figureField.fill("abc");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(/"abc" is no int/).waitFor();
    assert.equal(await figureField.getAttribute("aria-invalid"), "true");
    assert.equal(await figureField.inputValue(), "abc");
    if (javaScriptEnabled) assert.equal(await figureField.evaluate(field => field === document.activeElement), true);
    await figureField.fill(String(figure));
    await page.getByRole("button", { name: "Save" }).click();
    // The page says at once that it is at work, and ends at the table by itself.
    await page
      .getByText("Saving the row")
      .or(page.getByText(/1 row changed/))
      .first()
      .waitFor({ timeout: 5_000 });
    await page.getByText(/1 row changed by test-operator/).waitFor({ timeout: 90_000 });
    assert.match(page.url(), new RegExp(`/tables/lake/${namespace}/t\\?saved=`));
    assert.deepEqual(await stored(), { n: figure, ...expected, empty: "", nothing: null });
    // What was refused on the way is told by the browser as an error of its own.
    assert.deepEqual(
      problems.filter(problem => !/422/.test(problem)),
      [],
    );
    await context.close();
  }

  const { page } = await openAs(browser, portal, "operator");
  await page.goto(path);
  const mixed = page.getByLabel(/^mixed \(string\)/);
  await mixed.fill((await mixed.inputValue()).replace("second", "2nd"));
  await page.getByLabel(/^nothing \(string\)/).fill("typed");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(/1 row changed by test-operator/).waitFor({ timeout: 90_000 });
  const changed = { ...expected, mixed: hex((TEXTS.mixed ?? "").replace("second", "2nd")) };
  assert.deepEqual(await stored(), { n: 3, ...changed, empty: "", nothing: "typed" });
});

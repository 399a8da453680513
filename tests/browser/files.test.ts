import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { productOf, repeatedOf, writeProducts } from "../../bench/input/products.ts";
import { newDatabase, testSession } from "../engines/lake.ts";
import { newWorld } from "../journey/world.ts";
import { needsBrowser, openAs, portalOn, startBrowser } from "./browser.ts";

const RECORDS = 3000;

test(
  "a file is dropped, corrected, looked through and loaded; a row is found and edited, and its count follows",
  needsBrowser,
  async t => {
    const session = await testSession(t);
    const namespace = `${await newDatabase(t, session)}_iceberg`;
    const folder = mkdtempSync(join(tmpdir(), "portal-drop-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "products.csv");
    await writeProducts(path, RECORDS);
    const world = newWorld(t);
    world.startWorker();
    const portal = await portalOn(t, world.layout.root);
    const { page, problems } = await openAs(await startBrowser(t), portal, "operator");
    const main = async () => (await page.locator("main").innerText()).replace(/\s+/g, " ");

    await page.goto("/files");
    const dragged = await page.evaluateHandle(
      text => {
        const data = new DataTransfer();
        data.items.add(new File([text], "products.csv", { type: "text/csv" }));
        return data;
      },
      readFileSync(path, "utf8"),
    );
    const zone = page.locator("form.drop");
    await zone.dispatchEvent("dragover", { dataTransfer: dragged });
    assert.match((await zone.getAttribute("class")) ?? "", /\bover\b/, "the zone shows that it takes the file");
    await zone.dispatchEvent("drop", { dataTransfer: dragged });
    await page.waitForURL(/\/files\/products\.csv$/);
    assert.match(await main(), /Bryce Jones/);
    await page.getByLabel("Type of name").selectOption("varchar");
    await page.getByLabel("Size of name").fill("420");
    await page.locator("[name=table]").fill(`lake.${namespace}.products`);
    await page.locator("[name=key]").fill("sku");
    await page.locator("[name=countBy]").fill("name");
    await page.locator("[name=countInto]").fill("product_counts");
    await page.getByRole("button", { name: "Validate file" }).click();
    await page.getByText("physical lines").waitFor({ timeout: 120_000 });
    const keys = RECORDS - repeatedOf(RECORDS);
    const figure = (count: number) => count.toLocaleString("en");
    assert.match(
      await main(),
      new RegExp(`${figure(RECORDS)} records .* ${figure(keys)} keys ${repeatedOf(RECORDS)} overwrite`),
    );
    await page.getByRole("link", { name: /overwrite or repeat/ }).click();
    await page.getByRole("heading", { name: "Records that share their key with another one" }).waitFor();
    await page.goBack();
    assert.equal(await page.getByLabel("Size of name").inputValue(), "420", "what was chosen stands in the address");
    await page.getByRole("button", { name: "Load", exact: true }).click();
    await page
      .locator(".head .state")
      .filter({ hasText: /Succeeded|Failed/ })
      .waitFor({ timeout: 120_000 });
    assert.match(await main(), /Succeeded/);

    await page.getByRole("link", { name: "See the table" }).click();
    const [name, sku] = productOf(1, RECORDS);
    await page.getByLabel("Find in all columns").fill(sku);
    await page.getByRole("link", { name: sku, exact: true }).waitFor();
    await page.getByRole("link", { name: "Counts" }).click();
    await page.getByText("Rows by name").waitFor({ state: "attached" });
    const top = async () => {
      const counts = page.getByRole("table", { name: /^Rows by name/ });
      const [of = "", count] = (await counts.getByRole("row").nth(1).innerText()).split(/\t|\n/).filter(Boolean);
      return { of, count: Number(count) };
    };
    const before = await top();
    assert.ok(before.count > 0);
    assert.notEqual(before.of, name);
    await page.goto(`/tables/lake/${namespace}/products/row?key=${encodeURIComponent(sku)}`);
    await page.getByLabel(/^name \(string\)/).fill(before.of);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(/1 row changed by test-operator/).waitFor({ timeout: 90_000 });
    await page.getByRole("link", { name: "Counts" }).click();
    await page.getByText("Rows by name").waitFor({ state: "attached" });
    assert.deepEqual(await top(), { of: before.of, count: before.count + 1 }, "one more of that name");
    await page.goto(`/tables/lake/${namespace}/products?tab=snapshots`);
    const snapshots = page.getByRole("table", { name: "Snapshots" });
    await snapshots.waitFor();
    assert.match(await main(), /test-operator/);
    await snapshots.getByRole("row").nth(2).getByRole("link").last().click();
    await page.getByText("This is how the table was").waitFor();
    await page.getByLabel("Find in all columns").fill(sku);
    await page.getByRole("cell", { name, exact: true }).waitFor();
    assert.deepEqual(problems, []);
  },
);

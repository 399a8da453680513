import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import type { AxeResults } from "axe-core";
import type { Session } from "../../connectors/spark/session.ts";
import { sharedKafka } from "../connectors/kafka/broker.ts";
import { testSession } from "../engines/lake.ts";
import { newWorld } from "../journey/world.ts";
import { needsBrowser, openAs, portalOn, startBrowser } from "./browser.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const SAMPLE = "sample-logs";

test(
  "one click starts the sample, its dashboard fills by itself, and stopping it proves every line",
  needsBrowser,
  async t => {
    const { brokers, topics } = await sharedKafka(t);
    const session = await testSession({ after: end => t.after(() => dropSample(session).finally(end)) });
    // Of a run before this one; a topic that is deleted is gone only a little later.
    await dropSample(session);
    await topics.delete(SAMPLE).catch(() => undefined);
    t.after(() => topics.delete(SAMPLE).catch(() => undefined));
    const world = newWorld(t);
    world.startWorker({ KAFKA_BROKERS: brokers });
    const portal = await portalOn(t, world.layout.root);
    await world.until("a worker", () => portal.portal.workerLives());
    // Axe is put into the page by script, which the portal's own policy rightly refuses.
    const { page, problems } = await openAs(await startBrowser(t), portal, "operator", { bypassCSP: true });
    page.setDefaultTimeout(150_000);
    const figure = (what: string) => page.locator(".strip > div").filter({ hasText: what }).locator("strong");
    const lines = async () => Number((await figure("lines read").innerText()).replace(/\D/g, "")) || 0;

    await page.goto("/streams");
    await page.getByRole("button", { name: "Start the sample" }).click();
    await page.waitForURL(/\/streams\/sample-logs$/);
    await page.locator(".head .state").filter({ hasText: "Running" }).waitFor();
    await page.getByRole("row").filter({ hasText: "/usr/login" }).first().waitFor();
    await page.locator(".land.step-5").first().waitFor();
    const seen = await lines();
    await world.until("more lines on the same page", async () => (await lines()) > seen);
    const main = await page.locator("main").innerText();
    assert.match(main, /requests?, as of snapshot \d{8}…/);
    assert.match(main, /2xx success/);
    assert.match(main, /United States/);
    assert.match(main, /Private networks/);
    await page.addScriptTag({ path: AXE });
    const { violations } = (await page.evaluate("axe.run()")) as AxeResults;
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(" ")}`),
      [],
    );

    // What is opened stays open while the page goes on, long enough to be read.
    await page.locator("summary").filter({ hasText: "Stop" }).click();
    const shown = await lines();
    await world.until("the page has gone on", async () => (await lines()) > shown);
    await page.getByRole("button", { name: "Stop it" }).click();
    await page.locator(".head .state").filter({ hasText: "Stopped" }).waitFor();
    await page.getByText("tables and topic").filter({ hasText: "equal" }).waitFor();

    await page.goto("/streams");
    const replay = page.getByRole("row").filter({ hasText: "Sending" });
    assert.match(await replay.innerText(), /of 200,000 lines/);
    await replay.locator("summary").click();
    await replay.getByRole("button", { name: "Stop it" }).click();
    await page.locator("#streams").getByText("Stopped").nth(1).waitFor();
    assert.deepEqual(problems, []);
  },
);

async function dropSample(session: Session): Promise<void> {
  const there = await session.command("show tables in lake.streams like 'sample_logs*'").catch(() => []);
  for (const { tableName } of there) await session.command(`drop table lake.streams.\`${tableName}\` purge`);
}

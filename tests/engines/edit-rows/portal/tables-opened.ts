import type { TestContext } from "node:test";
import { portalOn } from "../../../browser/browser.ts";
import { newWorld } from "../../../journey/world.ts";
import type { Reply } from "../../../server/portal.ts";
import { newDatabase, testSession } from "../../lake.ts";

/** A portal with a worker, a database of its own, and a way to look at pages once Spark has answered. */
export async function tablesOpened(t: TestContext) {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const namespace = `${database}_iceberg`;
  await session.command(`create namespace lake.${namespace}`);
  const world = newWorld(t);
  world.startWorker();
  const portal = await portalOn(t, world.layout.root);
  await world.until("a worker", () => portal.portal.workerLives());
  const look = async (path: string): Promise<Reply> =>
    await world.until(path, async () => {
      const reply = await portal.get(path);
      return !reply.text.includes("Spark is asked for") && !/Spark is starting/.test(reply.text) && reply;
    });
  return { session, database, namespace, world, portal, look };
}

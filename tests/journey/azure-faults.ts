import assert from "node:assert/strict";
import { test } from "node:test";
import { azureStorage } from "../../connectors/azure/azure.ts";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { newDatabase, settings, testSession } from "../engines/lake.ts";
import { faultyProxy } from "./faulty-proxy.ts";
import { newWorld } from "./world.ts";

const storage = azureStorage(settings);

/** Makes an Iceberg table `t` in the lake; gives its namespace. */
export async function lakeTable(
  t: Parameters<typeof newDatabase>[0] & Parameters<typeof testSession>[0],
): Promise<string> {
  const session = await testSession(t);
  await attachCatalogs(session, settings, ["azure"]);
  const database = await newDatabase(t, session);
  await session.command(`create namespace lake.${database}_iceberg`);
  await session.command(`create table lake.${database}_iceberg.t using iceberg as select id from range(1000)`);
  return `${database}_iceberg`;
}

/** A proxy in front of the stack's storage, and the settings by which Azure is reached through it. */
export async function refusingStorage(t: { after(end: () => void): void }) {
  const proxy = await faultyProxy(t, storage?.endpoint ?? "");
  return { proxy, environment: account(proxy.endpoint) };
}

/** The settings of the stack's storage, at its own or another address. */
export function account(endpoint = storage?.endpoint ?? "") {
  return {
    AZURE_ACCOUNT: storage?.account ?? "",
    AZURE_CONTAINER: storage?.container ?? "",
    AZURE_KEY: storage?.key ?? "",
    AZURE_ENDPOINT: endpoint,
  };
}

/** Makes a test of a storage that refuses each write with a status of HTTP. */
export function testRefusal(status: number, code: string, says: RegExp): void {
  test(`a storage that answers ${status} fails the table with a sentence, and the retry succeeds once it is mended`, async t => {
    const namespace = await lakeTable(t);
    const { proxy, environment } = await refusingStorage(t);
    const world = newWorld(t);
    world.startWorker(environment);
    proxy.misbehave({ status, code });
    world.drop("m.json", { type: "migrate-iceberg", parameters: { namespace, tables: ["t"] }, maxAttempts: 3 });
    const id = await world.runningId();
    await world.until("a failed attempt", () => world.events(id).some(event => event.event === "finished"));
    assert.ok(proxy.refused() > 0, "the storage did refuse");
    proxy.misbehave(undefined);
    const record = await world.record("m.json");
    assert.equal(record.status, "succeeded", record.error?.message);
    assert.match(record.attempts[0]?.error?.message ?? "", says);
    assert.doesNotMatch(
      world.everything(),
      /Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/,
      "the key is written nowhere",
    );
  });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Snowflake } from "../../../connectors/snowflake/connect.ts";
import { arrive } from "../../../engines/register-snowflake/arrive.ts";

const TARGET = { database: "portal", schema: "s", table: "t" };
const file = (name: string) => `abfss://c@a.dfs.core.windows.net/w/s/t/metadata/${name}.metadata.json`;
const SOON = { within: 200, first: 1, most: 10 };
const { signal } = new AbortController();

/** Answers one after the other what Snowflake says of a table; the last one for ever. */
function answering(...answers: (object | undefined)[]) {
  const asked: string[] = [];
  const run = async (sql: string) => {
    const answer = answers[Math.min(asked.push(sql), answers.length) - 1];
    return [{ INFORMATION: answer ? JSON.stringify(answer) : null }];
  };
  return { asked, snowflake: { run } as unknown as Snowflake };
}

test("Snowflake is asked again until it stands on what was sent, and its refresh is done", async () => {
  const well = {
    metadataLocation: file("new").replace("abfss://c@a.dfs", "azure://a.blob").replace("net/", "net/c/"),
    status: "success",
  };
  const { asked, snowflake } = answering(
    undefined,
    { metadataLocation: file("old"), status: "success" },
    { ...well, status: "in progress" },
    well,
  );
  await arrive(snowflake, TARGET, file("new"), signal, SOON);
  assert.equal(asked.length, 4);
});

const never: Record<string, [answer: object, says: RegExp]> = {
  "it stays on the file before": [
    { metadataLocation: file("old"), status: "success" },
    /T stands on .*old\.metadata\.json, not on .*new\.metadata\.json; its last refresh: success/,
  ],
  "its refresh fails": [
    { metadataLocation: file("new"), status: "ERROR: 091968 equality deletes" },
    /stands on the metadata file that was sent; its last refresh: ERROR: 091968 equality deletes/,
  ],
  "it stands on a file of the same name elsewhere": [
    { metadataLocation: file("new").replace("/s/t/", "/b/t/"), status: "success" },
    /stands on .*\/b\/t\//,
  ],
  "it says nothing": [{}, /stands on no metadata file/],
};
for (const [what, [answer, says]] of Object.entries(never))
  test(`the job fails with what Snowflake stands on where ${what}`, async () => {
    const { snowflake } = answering(answer);
    await assert.rejects(arrive(snowflake, TARGET, file("new"), signal, SOON), says);
  });

test("waiting ends where the job is cancelled", async () => {
  const { snowflake } = answering({ metadataLocation: file("old") });
  await assert.rejects(arrive(snowflake, TARGET, file("new"), AbortSignal.timeout(50), { ...SOON, within: 60_000 }));
});

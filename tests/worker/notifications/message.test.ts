import assert from "node:assert/strict";
import { test } from "node:test";
import { openIndex } from "../../../core/audit/index/open.ts";
import { newId } from "../../../core/jobs/id.ts";
import { runIdOf } from "../../../core/notifications/openlineage.ts";
import { refusedBySchema } from "../../core/notifications/openlineage-schema.ts";
import { outcomeOf, recordOf } from "../../core/notifications/record.ts";
import { archiveAll } from "../../server/audited.ts";
import { until } from "../world.ts";
import { failed, folder, receiver, tell, write } from "./receiver.ts";

test("a receiver of OpenLineage gets start and end of a run with its key, again where it was away, and no rule is needed", async t => {
  const layout = folder(t);
  const { url, received } = await receiver(t, (all, response) => response.writeHead(all.length < 2 ? 503 : 201).end());
  const environment = { OPENLINEAGE_URL: url, OPENLINEAGE_API_KEY: "a-key", OPENLINEAGE_NAMESPACE: "prod" };
  tell(t, layout, {}, environment).ended(failed, "Ingest sales");
  await until(() => received.length === 3);
  const told = received.map(({ body, headers }) => ({ ...JSON.parse(body), key: headers.authorization }));
  assert.deepEqual(
    received.flatMap(({ body }) => refusedBySchema(JSON.parse(body))),
    [],
  );
  assert.deepEqual([...new Set(told.map(({ eventType }) => eventType))].sort(), ["FAIL", "START"]);
  for (const { run, job, key } of told)
    assert.deepEqual(
      [run.runId, job.namespace, job.name, key],
      [runIdOf(failed.id), "prod", failed.type, "Bearer a-key"],
    );
  const errors = told.flatMap(({ run }) => run.facets.errorMessage?.message ?? []);
  assert.equal(errors[0], failed.error?.message);
});

test("a job is slower than usual by the jobs of its kind and the size of its tables", async t => {
  const layout = folder(t);
  const { url, received } = await receiver(t);
  write(layout, { ops: { kind: "webhook", url: "NOTIFY_OPS_URL" } }, ["slower than usual"]);
  const job = (n: number, seconds: number, megabytes: number) => {
    const startedAt = `2026-11-${String(n + 10)}T08:00:00.000Z`;
    const bytes = String(megabytes * 1_000_000);
    return recordOf({
      ...{ id: newId("ingest-hive", new Date(startedAt)), startedAt },
      finishedAt: new Date(Date.parse(startedAt) + seconds * 1000).toISOString(),
      tables: [outcomeOf({ table: "hive.sales.orders", seconds, bytes })],
    });
  };
  archiveAll(
    layout,
    [100, 200, 400, 800, 1600, 3200].map((size, n) => job(n, size / 4, size)),
  );
  const index = openIndex(layout);
  t.after(() => index.close());
  index.refresh();
  await index.reconcile();
  const told = tell(t, layout, { NOTIFY_OPS_URL: url });
  const [large, slow] = [job(8, 1600, 6400), job(9, 1600, 400)];
  told.ended(large, "Ingest sales");
  told.ended(slow, "Ingest sales");
  await until(() => received.length > 0);
  await told.close();
  assert.deepEqual(
    received.map(({ body }) => JSON.parse(body).job.id),
    [slow.id],
  );
});

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import type { BlobFolder, BlobUpload } from "../../../connectors/azure/blob-folder.ts";
import { parseMetadata } from "../../../connectors/iceberg/history/metadata-json.ts";
import { FileGone, tableFiles } from "../../../connectors/table-files/read.ts";
import { readSettings } from "../../../core/settings.ts";
import { blockerOf } from "../../../engines/migrate-iceberg/history/blockers.ts";
import { copyFiles } from "../../../engines/migrate-iceberg/history/copy.ts";
import { changeMarker, isNamedOnce } from "../../../engines/migrate-iceberg/history/marker.ts";
import { ownership } from "../../../engines/migrate-iceberg/history/ownership.ts";
import { beforeHours, copyPaceOf } from "../../../engines/migrate-iceberg/history/pace.ts";
import { chosenSnapshots } from "../../../engines/migrate-iceberg/history/prove.ts";
import { migrateIceberg } from "../../../engines/migrate-iceberg/parameters.ts";

test("hours go over midnight, and begin on the next day where they are over", () => {
  const at = (time: string) => new Date(`2026-11-29T${time}:00`);
  const minutes = (between: string, time: string) => beforeHours(between, at(time)) / 60_000;
  assert.equal(minutes("22:00-06:00", "23:30"), 0);
  assert.equal(minutes("22:00-06:00", "05:59"), 0);
  assert.equal(minutes("22:00-06:00", "06:00"), 16 * 60);
  assert.equal(minutes("01:00-02:00", "02:30"), 22 * 60 + 30);
  assert.equal(beforeHours(undefined, at("12:00")), 0);
});

test("a bandwidth limit holds for all streams together", async () => {
  const pace = copyPaceOf({ maxMBps: 10 }, new AbortController().signal, () => {});
  const began = performance.now();
  await Promise.all([pace(1_000_000), pace(1_000_000), pace(1_000_000)]);
  assert.ok(performance.now() - began >= 290);
});

test("of many snapshots the first, the last, the named and a sample are compared; of fifty all", () => {
  const ids = Array.from({ length: 200 }, (_, i) => String(i));
  const refs = [{ name: "month_end", type: "tag", snapshot: "77" }];
  const { ids: chosen, sample } = chosenSnapshots(ids, { refs, current: "199" });
  assert.equal(chosen.length, 50);
  assert.equal(new Set(chosen).size, 50);
  for (const id of ["0", "77", "199"]) assert.ok(chosen.includes(id));
  assert.equal(sample.length, 47);
  assert.deepEqual(chosenSnapshots(ids.slice(0, 50), { refs: [], current: "3" }).ids, ids.slice(0, 50));
  assert.deepEqual(chosenSnapshots([], { refs: [], current: "3" }).ids, ["3"]);
});

test("snapshot ids keep all their digits, in a compressed metadata file too", () => {
  const text = `{"table-uuid":"u","current-snapshot-id":9007199254740993,"snapshots":[
    {"snapshot-id":9007199254740993,"timestamp-ms":2,"manifest-list":"b"},{"snapshot-id":-1234567890123456789,"timestamp-ms":1}],
    "refs":{"main":{"snapshot-id":9007199254740993,"type":"branch"}},
    "statistics":[{"statistics-path":"s.stats","file-size-in-bytes":12}]}`;
  for (const content of [Buffer.from(text), gzipSync(text)]) {
    const { current, snapshots, statistics, manifestLists } = parseMetadata(content);
    assert.deepEqual([current, snapshots], ["9007199254740993", ["-1234567890123456789", "9007199254740993"]]);
    assert.deepEqual([statistics, manifestLists], [[{ file: "s.stats", bytes: 12 }], ["b"]]);
  }
});

test("whose the target is decides what may happen to it", () => {
  const step = { table: "lake.n.t", target: "azure.n.t" };
  const existing = { properties: {}, partitioning: [], columnComments: {}, location: "abfss://x" };
  const marker = { source: "lake.n.T", uuid: "u", files: ["1.metadata.json"] };
  const decide = (ifExists: "sync" | "replace" | "replace-own" | "skip", file: string, more: object = {}) => {
    const found = ownership(step, ifExists, { existing, file: `abfss://x/metadata/${file}`, ...more });
    return "history" in found ? found.history : found.outcome;
  };
  assert.equal(decide("sync", "1.metadata.json", { marker }), "sync");
  assert.equal(decide("replace-own", "1.metadata.json", { marker }), "sync");
  assert.equal(decide("sync", "2.metadata.json", { marker }), "failed");
  assert.equal(decide("replace", "2.metadata.json", { marker }), "replace");
  assert.equal(decide("sync", "1.metadata.json", { marker: { ...marker, source: "lake.n.other" } }), "failed");
  assert.equal(decide("sync", "1.metadata.json"), "failed");
  assert.equal(decide("skip", "1.metadata.json", { marker }), "skipped");
  const rows = { ...existing, properties: { "portal.source": "lake.n.t" } };
  const lastChange = { id: "1", at: "", summary: { "portal.job": "j" } };
  assert.equal(decide("replace-own", "1.metadata.json", { existing: { ...rows, lastChange } }), "replace");
  assert.equal(decide("replace-own", "1.metadata.json", { existing: rows }), "failed");
  const compacted = { ...rows, current: { id: "2", at: "", operation: "replace", summary: { "app-name": "nightly" } } };
  const told = ownership(step, "replace-own", { existing: compacted, file: "abfss://x/metadata/1.metadata.json" });
  assert.match(
    "error" in told ? told.error.message : "",
    /holds the rows of lake\.n\.t, and the snapshot .* has expired since/,
  );
});

test("what can't be copied is refused with a way out, the first reason first; an encrypted table before all else", () => {
  const plain = { properties: {}, partitioning: [], columnComments: {} };
  const location = "file:/t";
  const size = { snapshots: 1, files: 1, bytes: "1", equalityDeletes: 0 };
  const refusal = (more: object, properties: Record<string, string> = {}) => {
    const found = blockerOf({ name: "lake.n.t", iceberg: { ...plain, properties }, location, size, ...more });
    return found && `${found.message} ${found.hint}`;
  };
  assert.equal(refusal({}), undefined);
  const outside = { size: { ...size, outside: "file:/elsewhere/a.parquet", equalityDeletes: 2 } };
  assert.match(refusal(outside, { "encryption.key-id": "k" }) ?? "", /is encrypted.*without encryption first/);
  assert.match(
    refusal(outside) ?? "",
    /outside of its location file:\/t: file:\/elsewhere\/a\.parquet.*rewrite_data_files/,
  );
  assert.match(refusal({ size: { ...size, equalityDeletes: 2 }, gone: "x" }) ?? "", /2 equality delete files.*Compact/);
  assert.match(
    refusal({ gone: "file:/t/1.metadata.json" }) ?? "",
    /names file:\/t\/1\.metadata\.json.*previous-versions-max/,
  );
});

test("only a metadata file with a UUID in its name is one alone", () => {
  for (const name of [
    "00003-f79c3e09-677c-4bbd-a479-3f349cb785e7.metadata.json",
    "00003-f79c3e09-677c-4bbd-a479-3f349cb785e7.gz.metadata.json",
  ])
    assert.ok(isNamedOnce(name), name);
  for (const name of ["v3.metadata.json", "v3.gz.metadata.json"]) assert.ok(!isNamedOnce(name), name);
});

test("sync, expire and copy go with a whole history only", () => {
  const whole = { namespace: "n", tables: ["t"], history: "all" };
  const limits = { maxMBps: 20, between: "22:00-06:00" };
  assert.ok(migrateIceberg.shape.safeParse({ ...whole, ifExists: "sync", expire: true, copy: limits }).success);
  for (const more of [{ ifExists: "sync" }, { expire: true }, { copy: limits }])
    assert.match(String(migrateIceberg.shape.safeParse({ ...whole, history: "current", ...more }).error), /"history/);
  assert.match(
    String(migrateIceberg.shape.safeParse({ ...whole, copy: { between: "22-6" } }).error),
    /two times of a day/,
  );
});

/** A folder in memory, which notes the order in which files come. */
function memory() {
  const files = new Map<string, string>();
  const order: string[] = [];
  let version = 0;
  const folder: BlobFolder = {
    list: async () => new Map([...files].map(([name, text]) => [name, text.length])),
    async upload(name, { bytes, read, after }: BlobUpload) {
      files.set(name, String(await read(0, bytes)));
      after?.(bytes);
      order.push(name);
    },
    writableUrl: async name => `memory:${name}`,
    commit: async name => void order.push(name),
    remove: async names => names.forEach(name => void files.delete(name)),
    text: async name => (files.has(name) ? { text: files.get(name) ?? "", mark: String(version) } : undefined),
    async keepText(name, text, mark) {
      if ((files.has(name) ? String(version) : undefined) !== mark) return false;
      version += 1;
      files.set(name, text);
      return true;
    },
  };
  return { folder, files, order };
}

test("metadata comes after what it names, and what is there with the same length is not sent again", async () => {
  const { folder, order } = memory();
  const names = [
    "metadata/1.metadata.json",
    "metadata/snap-1.avro",
    "metadata/a-m0.avro",
    "data/b.parquet",
    "data/a.parquet",
  ];
  const counts = { files: 0, bytes: 0, there: 0, totalFiles: 0, totalBytes: 0 };
  await copyFiles(
    names.map(name => ({ from: name, name, bytes: 4 })),
    {
      ...{
        folder,
        counts,
        streams: 1,
        present: new Map([["data/a.parquet", 4]]),
        signal: new AbortController().signal,
      },
      ...{ read: async () => Buffer.from("abcd"), before: async () => {}, onProgress: () => {} },
    },
  );
  assert.deepEqual(order, ["data/b.parquet", "metadata/a-m0.avro", "metadata/snap-1.avro", "metadata/1.metadata.json"]);
  assert.deepEqual(counts, { files: 4, bytes: 16, there: 1, totalFiles: 4, totalBytes: 16 });
});

test("the first failure of a copy ends its streams and is the one that is told", async () => {
  const { folder, order } = memory();
  const counts = { files: 0, bytes: 0, there: 0, totalFiles: 0, totalBytes: 0 };
  const files = Array.from({ length: 20 }, (_, i) => ({ from: String(i), name: `data/${i}`, bytes: 1 }));
  const read = async (file: string) => {
    if (file === "3") throw new FileGone(file);
    return Buffer.from("x");
  };
  await assert.rejects(
    copyFiles(files, {
      ...{ folder, counts, streams: 4, present: new Map(), signal: new AbortController().signal },
      ...{ read, before: async () => {}, onProgress: () => {} },
    }),
    FileGone,
  );
  assert.ok(order.length < 20);
});

test("two jobs that note their files at the same time lose none", async () => {
  const { folder, files } = memory();
  const note = (name: string) =>
    changeMarker(folder, now => ({ source: "s", uuid: "u", files: [...(now?.files ?? []), name] }));
  await Promise.all([note("a"), note("b"), note("c")]);
  const kept = JSON.parse([...files.values()][0] ?? "{}") as { files: string[] };
  assert.deepEqual(kept.files.sort(), ["a", "b", "c"]);
});

test("files of a disk are read part by part, and one that is gone says so", async t => {
  const folder = mkdtempSync(join(tmpdir(), "portal files, + (x) %41 "));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "a"), "0123456789");
  const { by, read } = tableFiles(`file:${folder}`, undefined as never, readSettings());
  const { signal } = new AbortController();
  assert.equal(by, "this machine's disk");
  assert.equal(String(await read(`file:${folder}/a`, 2, 3, signal)), "234");
  assert.equal(String(await read(`file:${folder}/a`, 8, 5, signal)), "89");
  await assert.rejects(read(`file:${folder}/b`, 0, 1, signal), FileGone);
});

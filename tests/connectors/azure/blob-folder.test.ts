import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, test } from "node:test";
import { azureStorage } from "../../../connectors/azure/azure.ts";
import { azureFile } from "../../../connectors/azure/azure-files.ts";
import { BLOCK_BYTES, type BlobFolder, blobFolder } from "../../../connectors/azure/blob-folder.ts";
import { ensureContainer } from "../../../connectors/azure/container.ts";
import { settings } from "../../engines/lake.ts";

const storage = azureStorage(settings);
const uri = `abfss://${storage?.container}@${storage?.account}.dfs.core.windows.net/blob folder + (${randomBytes(4).toString("hex")})`;
const { signal } = new AbortController();
let folder: BlobFolder | undefined;

async function opened(): Promise<BlobFolder> {
  await ensureContainer(settings, "azure");
  folder ??= await blobFolder(uri, settings);
  assert.ok(folder);
  return folder;
}
after(async () => folder?.remove([...(await folder.list()).keys()], signal));

test("a file of several parts arrives whole, whatever its name, and is seen only when it is", async () => {
  const here = await opened();
  const content = randomBytes(2 * BLOCK_BYTES + 1234);
  const name = "data/p=a %2F+(x)/größe.parquet";
  const parts: number[] = [];
  const read = async (offset: number, length: number) => {
    parts.push(length);
    assert.equal((await here.list()).size, 0);
    return content.subarray(offset, offset + length);
  };
  await here.upload(name, { bytes: content.length, read, signal });
  assert.deepEqual(parts, [BLOCK_BYTES, BLOCK_BYTES, 1234]);
  assert.deepEqual([...(await here.list())], [[name, content.length]]);
  const file = await azureFile(`${uri}/${name}`, settings);
  const back = await file?.part(0, content.length);
  assert.equal(
    createHash("md5")
      .update(back ?? "")
      .digest("hex"),
    createHash("md5").update(content).digest("hex"),
  );
});

test("a folder whose container is not there yet has no files and no texts", async () => {
  const container = `not-there-${randomBytes(4).toString("hex")}`;
  const there = await blobFolder(`abfss://${container}@${storage?.account}.dfs.core.windows.net/t`, settings);
  assert.deepEqual(await there?.list(), new Map());
  assert.equal(await there?.text("note"), undefined);
});

test("a source that gives fewer bytes than it promised is no file", async () => {
  const here = await opened();
  const upload = here.upload("short", { bytes: 10, read: async () => Buffer.from("12345"), signal });
  await assert.rejects(upload, /5 bytes were read where there should be 10/);
  assert.ok(!(await here.list()).has("short"));
});

test("a kept text is changed only by whoever has read its newest state", async () => {
  const here = await opened();
  assert.equal(await here.text("note"), undefined);
  assert.ok(await here.keepText("note", "one", undefined));
  assert.ok(!(await here.keepText("note", "two", undefined)));
  const { text, mark } = (await here.text("note")) ?? {};
  assert.equal(text, "one");
  assert.ok(await here.keepText("note", "two", mark));
  assert.ok(!(await here.keepText("note", "three", mark)));
});

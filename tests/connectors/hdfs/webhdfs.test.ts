import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { HdfsError, HdfsUnavailable } from "../../../connectors/hdfs/errors.ts";
import { webHdfs } from "../../../connectors/hdfs/webhdfs.ts";
import { putSampleScripts } from "../../../laptop/samples/sample-scripts.ts";
import { listeners } from "../../laptop/listeners.ts";
import { type SmallHdfs, startSmallHdfs } from "./small.ts";

let small: SmallHdfs & { remove(): Promise<void> };
before(async () => {
  small = await startSmallHdfs();
});
after(() => small?.remove());

const ODD = ["two words.py", "größe-日本.py", "100%41 & co?#;.py", "--conf=x.py", "quote'\"<b>.py"];

test("what is written is listed and read again, whatever its name", async () => {
  const { hdfs } = small;
  for (const name of ODD) await hdfs.create(`/odd/${name}`, Buffer.from(`print(${JSON.stringify(name)})\n`));
  const listed = await hdfs.list("/odd");
  assert.deepEqual(listed.map(({ name }) => name).sort(), [...ODD].sort());
  for (const name of ODD)
    assert.equal((await hdfs.read(`/odd/${name}`, 1000)).toString(), `print(${JSON.stringify(name)})\n`);
  const [first] = listed;
  assert.ok(first && first.size > 0 && first.owner && !first.isFolder && Date.parse(first.changedAt) > 0);
});

test("bytes come back as they were, and more than is wanted is refused", async () => {
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256));
  await small.hdfs.create("/bytes/all", bytes);
  assert.ok((await small.hdfs.read("/bytes/all", 300_000)).equals(bytes));
  await assert.rejects(small.hdfs.read("/bytes/all", 299_999), /larger than 299999 bytes/);
  assert.ok((await small.hdfs.part("/bytes/all", 100_000, 150_000)).equals(bytes.subarray(100_000, 250_000)));
  assert.equal((await small.hdfs.part("/bytes/all", 299_990, 100)).length, 10);
});

test("a file of this machine goes up as it is, of any size", async t => {
  const folder = mkdtempSync(join(tmpdir(), "portal-upload-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "archive.tgz");
  const bytes = Buffer.alloc(20_000_000, "archive ");
  writeFileSync(path, bytes);
  await small.hdfs.create("/files/archive.tgz", { path, byteLength: bytes.length });
  assert.ok((await small.hdfs.read("/files/archive.tgz", bytes.length)).equals(bytes));
  await assert.rejects(small.hdfs.create("/files/gone.tgz", { path: join(folder, "gone"), byteLength: 5 }), /ENOENT/);
});

test("a file that is there is never written over", async () => {
  await small.hdfs.create("/once/a.py", Buffer.from("first"));
  await assert.rejects(small.hdfs.create("/once/a.py", Buffer.from("second")), {
    name: "HdfsError",
    exception: "FileAlreadyExistsException",
    message: "There is a /once/a.py in HDFS already: nothing was changed.",
  });
  assert.equal((await small.hdfs.read("/once/a.py", 100)).toString(), "first");
});

test("what is not there and what is not allowed are sentences", async () => {
  await assert.rejects(small.hdfs.list("/nothing"), { message: "There is no /nothing in HDFS." });
  const anna = webHdfs({ url: small.url, user: "anna" });
  await assert.rejects(anna.create("/once/b.py", Buffer.from("x")), {
    message: "HDFS does not let anna do that with /once/b.py.",
    exception: "AccessControlException",
  });
});

test("everything of it listens on this machine alone", () => {
  const open = listeners(small.process.pid);
  assert.ok(open.length >= 5, "NameNode and DataNode, for files and for pages");
  assert.deepEqual([...new Set(open)], ["127.0.0.1"]);
});

test("the samples are put there once, and what somebody removes does not come back", async () => {
  assert.equal(await putSampleScripts(small.settings), "hdfs:///my_project/scripts");
  const names = (await small.hdfs.list("/my_project/scripts")).map(({ name }) => name);
  assert.deepEqual(names.sort(), ["always_fails.py", "fails_once.py", "works.py"]);
  assert.equal(await putSampleScripts(small.settings), undefined);
});

test("an HDFS that is stopped is away, in a sentence, and one that is started again has all files", async () => {
  await small.stop();
  await assert.rejects(small.hdfs.list("/odd"), (error: Error) => {
    assert.ok(error instanceof HdfsUnavailable && error instanceof HdfsError);
    assert.match(error.message, /^HDFS at 127\.0\.0\.1:\d+ does not answer \(the connection was (refused|cut)\)\.$/);
    assert.match(error.hint ?? "", /WEBHDFS_URL/);
    return true;
  });
  await small.start();
  assert.equal((await small.hdfs.list("/odd")).length, ODD.length);
  assert.equal((await small.hdfs.read("/once/a.py", 100)).toString(), "first");
});

test("a page of another site can't make a browser write into the laptop's HDFS", async () => {
  const address = (op: string) => `${small.url}/webhdfs/v1/my_project/scripts/evil.py?op=${op}&user.name=root`;
  const browser = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64)", "content-type": "text/plain" };
  for (const [method, op] of [
    ["PUT", "CREATE"],
    ["POST", "APPEND"],
    ["DELETE", "DELETE"],
    ["PUT", "SETPERMISSION&permission=777"],
  ] as const) {
    const answer = await fetch(address(op), { method, headers: browser, redirect: "manual" });
    assert.equal(answer.status, 400, op);
  }
  // What is no browser's form has the header that such a form can't set.
  const own = await fetch(address("CREATE"), {
    method: "PUT",
    headers: { ...browser, "x-xsrf-header": "" },
    redirect: "manual",
  });
  assert.equal(own.status, 307);
  await assert.rejects(small.hdfs.read("/my_project/scripts/evil.py", 100_000), /There is no/);
});

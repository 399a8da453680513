import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { HdfsAway, HdfsError } from "../../hdfs/errors.ts";
import { webHdfs } from "../../hdfs/webhdfs.ts";
import { putSampleScripts } from "../../laptop/sample-scripts.ts";
import { listeners } from "../laptop/listeners.ts";
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
    assert.ok(error instanceof HdfsAway && error instanceof HdfsError);
    assert.match(error.message, /^HDFS at 127\.0\.0\.1:\d+ does not answer \(the connection was (refused|cut)\)\.$/);
    assert.match(error.hint ?? "", /WEBHDFS_URL/);
    return true;
  });
  await small.start();
  assert.equal((await small.hdfs.list("/odd")).length, ODD.length);
  assert.equal((await small.hdfs.read("/once/a.py", 100)).toString(), "first");
});

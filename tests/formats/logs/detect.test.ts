import assert from "node:assert/strict";
import { test } from "node:test";
import { detect } from "../../../formats/logs/detect.ts";
import { named } from "../../../formats/logs/formats/named.ts";

const of = (text: string, asked?: string) => detect(Buffer.from(text), asked ? { asked } : {});

test("a file is what most of its lines are", () => {
  const spark = "26/11/23 10:00:00 INFO X: y\n";
  assert.deepEqual([of(spark).format?.name, of(spark).sure], ["spark", 1]);
  const rough = of(`SLF4J: none\nGarbage\n${spark.repeat(2)}\tat x\n\tat y\n`);
  assert.deepEqual([rough.format?.name, rough.sure, rough.why], ["spark", 0.5, "50 % of the lines looked at fit."]);
});

test("formats that look alike are told apart", () => {
  assert.equal(of("2025-08-31T09:36:55.4-07:00 h sshd[5]: x\n").format?.name, "syslog-iso");
  assert.equal(
    of("$ node x\n2026-11-24T23:40:44.963Z catalog hive: look\n2026-11-24T23:40:44.963Z java: look\n").format?.name,
    "portal",
  );
  assert.equal(of("2015-10-18 18:01:47,978 INFO [main] a.b.C: x\n").format?.name, "hadoop");
  assert.equal(of("2015-10-18 18:01:47,978 - INFO  [main:C@1] - x\n").format?.name, "zookeeper");
  assert.equal(of("2015-10-18 18:01:47,978 - root - ERROR - x\n").format?.name, "python");
  assert.equal(of('{"ts":"x","level":"INFO","msg":"a","logger":"b"}\n').format?.name, "spark-json");
  assert.equal(of('{"time":"x","level":"INFO","msg":"a"}\n').format?.name, "json");
  assert.equal(of("Timestamp;LOG_LEVEL;Message;Ip\n2024-01-01 10:00:00;INFO;x;1.1.1.1\n").format?.name, "csv");
  assert.equal(of("timestamp,log_level,message\n").format?.name, "csv");
});

test("a family of formats is narrowed by the lines; what was asked for is taken though nothing fits", () => {
  assert.equal(of("Jul  1 10:00:00 h a: x\n", "syslog").format?.name, "syslog-3164");
  assert.equal(of("<1>1 - - - - - -\n", "syslog").format?.name, "syslog-5424");
  assert.deepEqual([of("nothing\n", "access").format?.name, of("nothing\n", "access").sure], ["access", 0]);
  assert.equal(of("nothing\n").format?.name, "unknown");
});

test("a file whose lines end with CR alone is no file of one line", () => {
  const { format, why } = of("2024-05-06 10:00:00 ERROR x\r2024-05-06 10:00:01 INFO y\r");
  assert.deepEqual(
    [format, why],
    [undefined, "Its lines end with CR alone, which is not read here: replace each CR by LF."],
  );
});

test("an empty file, a binary one and one in UTF-16 are told in a sentence", () => {
  const why = (bytes: number[] | string) => {
    const { format, why } = detect(Buffer.from(bytes as string));
    return [format, why];
  };
  assert.deepEqual(why(""), [undefined, "The file is empty."]);
  assert.deepEqual(why([1, 2, 0, 4]), [undefined, "The file is no text: it has zero bytes."]);
  assert.deepEqual(why([0xff, 0xfe, 65, 0]), [
    undefined,
    "The file is written in UTF-16, which is not read here: save it as UTF-8.",
  ]);
  assert.match(String(why("PK\u0003\u0004…")[1]), /packed as zip.*unpack it/);
});

test("a pattern of one's own comes first, and a wrong one is told", () => {
  const own = named({ name: "own", pattern: String.raw`(?<time>\S+ \S+) INFO (?<message>.*)` });
  const line = Buffer.from("26/11/23 10:00:00 INFO X: y\n");
  assert.equal(detect(line, { patterns: [own] }).format?.name, "own");
  assert.equal(detect(line, { patterns: [own], asked: "spark" }).format?.name, "spark");
  assert.throws(() => detect(line, { asked: "acces" }), /no log format acces\. Did you mean access\?/);
  assert.throws(() => named({ name: "own", pattern: "(?<time>" }), /own is no regular expression/);
  assert.throws(() => named({ name: "own", pattern: "(?<tiem>x)" }), /group tiem.*did you mean time/);
  assert.throws(() => named({ name: "own", pattern: "(?<ip>x)" }), /neither a group time nor a group message/);
});

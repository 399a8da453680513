import assert from "node:assert/strict";
import { test } from "node:test";
import { isAllowedRemote } from "../../../connectors/iceberg/remote-places.ts";
import { readSettings } from "../../../core/settings.ts";

const settings = (given: Record<string, string> = {}) =>
  readSettings({ LAPTOP_DIR: "/nowhere", ...given }, "/nowhere/.env");

test("nothing is read from another machine that no setting names", () => {
  const none = settings();
  for (const address of ["hdfs:///x", "hdfs://nn/x", "abfss://c@a.dfs.core.windows.net/x", "hdfs://127.0.0.1:9/x"])
    assert.equal(isAllowedRemote(address, none), false, address);
});

test("an address below one of FILES_FROM is read, and none beside it", () => {
  const own = settings({
    FILES_FROM: "/srv/in, hdfs://NN.example.com:8020/landing/, hdfs:///logs,abfss://in@other.dfs.core.windows.net/a",
  });
  const good = [
    ...["hdfs://nn.example.com/landing/a.csv", "hdfs://nn.example.com:8020/landing", "hdfs:///logs/app/*.log"],
    ...["hdfs:///logs/{a,b}/x-[0-9].log", "abfss://in@OTHER.dfs.core.windows.net/a/b c.csv"],
  ];
  for (const address of good) assert.equal(isAllowedRemote(address, own), true, address);
  const bad = [
    ...["hdfs://nn.example.com/landingzone/x", "hdfs://nn.example.com/", "hdfs://nn.example.com:9000/landing/x"],
    ...[
      "hdfs://nn.example.com.evil/landing/x",
      "hdfs://x@nn.example.com/landing/x",
      "hdfs://127.0.0.1:47123/landing/x",
    ],
    ...[
      "hdfs://nn.example.com/landing/../secret",
      "hdfs:///logs/..",
      "hdfs:///logs/./../x",
      "hdfs:///logs/{a,../../x}",
    ],
    ...[
      "hdfs:///logs/{a/../../x}",
      "hdfs:///logs/\\.\\./x",
      "hdfs:///logs\\..\\x",
      "hdfs:///logs/a\n/x",
      "hdfs:///log*/x",
    ],
    ...["hdfs://nn.example.com//landing/x", "hdfs:/logs/x", "viewfs:///logs/x", "webhdfs://nn.example.com/landing/x"],
    ...["abfs://in@other.dfs.core.windows.net/a/x", "abfss://in@other.dfs.core.windows.net/b"],
    ...[
      "abfss://in@other.dfs.core.windows.net@evil.example/a/x",
      "s3a://bucket/logs/x",
      "http://nn.example.com/landing/x",
    ],
  ];
  for (const address of bad) assert.equal(isAllowedRemote(address, own), false, address);
});

test("the Azure container of the settings is read, and no other container, account or look-alike", () => {
  const own = settings({ AZURE_ACCOUNT: "acct", AZURE_CONTAINER: "lake" });
  assert.equal(isAllowedRemote("abfss://lake@acct.dfs.core.windows.net/in/x.csv", own), true);
  for (const address of [
    "abfss://other@acct.dfs.core.windows.net/x",
    "abfss://lake@acct2.dfs.core.windows.net/x",
    "abfss://lake@acct.evil.example/x",
    "abfss://lake@acct.dfs.core.windows.net.evil.example/x",
    "abfss://lake@acct.dfs.core.windows.net:444/x",
  ])
    assert.equal(isAllowedRemote(address, own), false, address);
  const china = settings({ AZURE_ACCOUNT: "acct", AZURE_ENDPOINT: "https://acct.blob.core.chinacloudapi.cn" });
  assert.equal(isAllowedRemote("abfss://lake@acct.dfs.core.chinacloudapi.cn/x", china), true);
});

test("a folder that analyses.json names is read too", () => {
  assert.equal(isAllowedRemote("hdfs://nn/raw/a.log", settings(), ["hdfs://nn/raw", "/srv"]), true);
  assert.equal(isAllowedRemote("hdfs://nn/rawer/a.log", settings(), ["hdfs://nn/raw", "/srv"]), false);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRemote } from "../../../connectors/spark/remote.ts";

const ID = "6cee529b-a8ac-40e9-aa3c-83c156fdd961";

test("an address without parameters is plain text to port 15002", () => {
  assert.deepEqual(parseRemote("sc://spark.example"), { host: "spark.example", port: 15002, tls: false, headers: {} });
});

test("every parameter of the grammar is read, and values are unescaped", () => {
  const text = `sc://h:443/;use_ssl=true;token=a%3Bb=c;user_id=ann;user_agent=x%20y;session_id=${ID};x-cluster=7`;
  assert.deepEqual(parseRemote(text), {
    host: "h",
    port: 443,
    tls: true,
    token: "a;b=c",
    userId: "ann",
    userAgent: "x y",
    sessionId: ID,
    headers: { "x-cluster": "7" },
  });
});

test("a token asks for TLS, unless the server is on this machine or use_ssl says otherwise", () => {
  assert.equal(parseRemote("sc://h/;token=t").tls, true);
  assert.equal(parseRemote("sc://127.0.0.1/;token=t").tls, false);
  assert.equal(parseRemote("sc://h/;token=t;use_ssl=false").tls, false);
});

test("an IPv6 address keeps its brackets", () => {
  const { host, port } = parseRemote("sc://[::1]:7/");
  assert.deepEqual([host, port], ["[::1]", 7]);
});

for (const [text, expected] of [
  ["spark://h:7077", /expected sc:\/\/host/],
  ["sc://", /expected sc:\/\/host/],
  ["sc://h:http", /port is a number/],
  ["sc://h:70000", /port is a number/],
  ["sc://h/path;use_ssl=true", /no path may follow/],
  ["sc://h/;use_ssl=yes", /use_ssl is true or false/],
  ["sc://h/;token", /parameter 1 is not written key=value/],
  ["sc://h/;session_id=1", /session_id must be a UUID/],
  ["sc://h/;token=a;token=b", /"token" is given twice/],
  ["sc://h/;x y=1", /cannot be the name of a header/],
  ["sc://h/;grpc-timeout=1", /reserved by gRPC/],
  ["sc://h/;token=100%", /write a plain one as %25/],
] as const) {
  test(`"${text}" is refused with a sentence`, () => {
    assert.throws(() => parseRemote(text), expected);
  });
}

for (const text of ["sc://h/;token=hush%;x=1", "sc://h/;token=a;hush", "sc://h:1x/;token=hush"]) {
  test(`a refused address does not show the token: ${text}`, () => {
    assert.throws(
      () => parseRemote(text),
      (error: Error) => !error.message.includes("hush"),
    );
  });
}

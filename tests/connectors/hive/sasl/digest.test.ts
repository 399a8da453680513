import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { HiveError } from "../../../../connectors/hive/address.ts";
import { answerDigest } from "../../../../connectors/hive/sasl/digest.ts";

const token = { service: "The Hive Metastore", identifier: "aWRlbnRpZmllcg==", password: "cGFzc3dvcmQ=" };
const challenge = Buffer.from('realm="default",nonce="n0nce,\\"=",qop="auth",charset=utf-8,algorithm=md5-sess');

test("a token is shown by its digest alone, and only to a service that knows it", () => {
  const { answer, check } = answerDigest(challenge, token, "c0nce");
  const text = answer.toString();
  assert.match(text, /username="aWRlbnRpZmllcg==",realm="default",nonce="n0nce,"=",nc=00000001,cnonce="c0nce"/);
  assert.match(text, /digest-uri="null\/default",maxbuf=65536,response=[0-9a-f]{32},qop=auth$/);
  assert.ok(!text.includes(token.password));
  const md5 = (of: Buffer | string) => createHash("md5").update(of).digest();
  const first = md5(
    Buffer.concat([md5(`${token.identifier}:default:${token.password}`), Buffer.from(':n0nce,"=:c0nce')]),
  ).toString("hex");
  const last = md5(`${first}:n0nce,"=:00000001:c0nce:auth:${md5(":null/default").toString("hex")}`).toString("hex");
  check(Buffer.from(`rspauth=${last}`));
  assert.throws(() => check(Buffer.from(`rspauth=${"0".repeat(32)}`)), HiveError);
  assert.throws(() => check(Buffer.from("")), HiveError);
});

test("a metastore that wants an encrypted connection is refused, with what to set there", () => {
  const sealed = Buffer.from('realm="default",nonce="n",qop="auth-conf"');
  assert.throws(
    () => answerDigest(sealed, token),
    (error: unknown) => error instanceof HiveError && /hadoop\.rpc\.protection/.test(error.hint ?? ""),
  );
});

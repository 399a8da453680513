import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openSnowflake } from "../../connectors/snowflake/connect.ts";
import type { SnowflakeError } from "../../connectors/snowflake/errors.ts";
import { answers } from "../../laptop/ports.ts";
import { login, noStandIn, startStandIn } from "../connectors/snowflake/stand-in.ts";

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
const publicKeys = [other, pair].map(({ publicKey }) => String(publicKey.export({ type: "spki", format: "pem" })));
const pem = (cipher?: { cipher: string; passphrase: string }) =>
  String(pair.privateKey.export({ type: "pkcs8", format: "pem", ...cipher }));

const standIn = noStandIn ? undefined : await startStandIn({ after }, undefined, { publicKeys });
const address = standIn?.address ?? ({} as never);
const { password: _, ...bare } = address;

test("a password logs in", { skip: noStandIn }, async t => {
  const snowflake = await login(t, address);
  assert.deepEqual(await snowflake.run("SELECT 1 AS ONE"), [{ ONE: "1" }]);
});

test("a wrong password is refused, and the message says where it stands", { skip: noStandIn }, async () => {
  await assert.rejects(openSnowflake({ ...address, password: "guessed" }), (error: SnowflakeError) => {
    assert.equal(error.code, "390100");
    assert.match(`${error.message} ${error.hint}`, /user PORTAL.*SNOWFLAKE_PASSWORD/);
    assert.doesNotMatch(`${error.message} ${error.hint}`, /guessed/);
    return true;
  });
});

test("an unknown user is refused as a wrong password is", { skip: noStandIn }, async () => {
  await assert.rejects(openSnowflake({ ...address, user: "SOMEBODY" }), { code: "390100" });
});

test("a registered key logs in", { skip: noStandIn }, async t => {
  const snowflake = await login(t, { ...bare, privateKey: pem() });
  assert.deepEqual(await snowflake.run("SELECT 1 AS ONE"), [{ ONE: "1" }]);
});

test("an encrypted key logs in with its passphrase, and is not opened without", { skip: noStandIn }, async t => {
  const privateKey = pem({ cipher: "aes-256-cbc", passphrase: "open" });
  const snowflake = await login(t, { ...bare, privateKey, passphrase: "open" });
  assert.deepEqual(await snowflake.run("SELECT 1 AS ONE"), [{ ONE: "1" }]);
  await assert.rejects(openSnowflake({ ...bare, privateKey, passphrase: "shut" }), (error: SnowflakeError) => {
    assert.match(error.hint ?? "", /SNOWFLAKE_PRIVATE_KEY_PASSPHRASE/);
    return true;
  });
});

test("a key that is not registered is refused", { skip: noStandIn }, async () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const unknown = String(privateKey.export({ type: "pkcs8", format: "pem" }));
  await assert.rejects(openSnowflake({ ...bare, privateKey: unknown }), { code: "390144" });
});

test("a role that the user does not have is refused with the grant to ask for", { skip: noStandIn }, async () => {
  await assert.rejects(openSnowflake({ ...address, role: "auditor" }), (error: SnowflakeError) => {
    assert.equal(error.code, "390189");
    assert.match(error.hint ?? "", /GRANT ROLE auditor TO USER PORTAL/);
    return true;
  });
});

test("an unknown warehouse is named as soon as a statement needs one", { skip: noStandIn }, async t => {
  const snowflake = await login(t, { ...address, warehouse: "big" });
  await assert.rejects(snowflake.run("SELECT 1 AS ONE"), (error: SnowflakeError) => {
    assert.equal(error.code, "000606");
    assert.match(error.message, /no warehouse big/);
    return true;
  });
});

test("it says what it is, and listens on this machine only", { skip: noStandIn }, async () => {
  assert.match(standIn?.line ?? "", /not Snowflake/);
  const { port } = new URL(address.url);
  assert.equal(await answers(Number(port)), true);
  const outside = Object.values(networkInterfaces())
    .flatMap(found => found ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4");
  for (const { address: host } of outside) {
    const socket = connect({ host, port: Number(port) });
    await assert.rejects(once(socket, "connect"), { code: "ECONNREFUSED" });
  }
});

test("a statement without a session is refused", { skip: noStandIn }, async () => {
  const answer = await fetch(`${address.url}/queries/v1/query-request?requestId=1`, { method: "POST", body: "{}" });
  const { success, code, data } = (await answer.json()) as Record<string, unknown>;
  assert.deepEqual([answer.status, success, code, typeof data], [200, false, "390111", "object"]);
});

test("TERM ends it, also while a statement runs", { skip: noStandIn }, async t => {
  const another = await startStandIn(t);
  const post = (path: string, body: object, headers = {}) =>
    fetch(`${another.address.url}${path}`, { method: "POST", body: JSON.stringify(body), headers });
  const login = await post("/session/v1/login-request", {
    data: { LOGIN_NAME: "PORTAL", PASSWORD: another.address.password },
  });
  const { data } = (await login.json()) as { data: { token: string } };
  const sqlText = "SELECT COUNT(*) AS N FROM range(10000000) a, range(10000000) b WHERE a.range <> b.range";
  const authorization = `Snowflake Token="${data.token}"`;
  const running = assert.rejects(post("/queries/v1/query-request?requestId=1", { sqlText }, { authorization }));
  await sleep(300);
  assert.equal(await another.stop(), 0);
  await running;
});

test("a stand-in that does not answer is named, with how to start it", { skip: noStandIn }, async t => {
  const ended = await startStandIn(t);
  await ended.stop();
  await assert.rejects(openSnowflake(ended.address), (error: SnowflakeError) => {
    assert.match(error.message, /^127\.0\.0\.1:\d+ does not answer/);
    assert.match(error.hint ?? "", /npm run laptop/);
    return true;
  });
});

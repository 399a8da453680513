import assert from "node:assert/strict";
import { test } from "node:test";
import { KerberosError, kerberosFailure } from "../../../connectors/kerberos/kerberos-error.ts";
import { isRaw } from "../../../connectors/spark/describe-error.ts";
import { SparkError } from "../../../connectors/spark/errors.ts";
import { isUnavailable, jobErrorOf } from "../../../engines/runner/job-error.ts";

test("an error that wraps what Spark has said is told without Spark's words, and any other as it is", () => {
  const raw = "[DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012\n== SQL (line 1) ==\nselect 1/0";
  const wrapped = jobErrorOf(new Error(`The counts could not be made: ${raw}`)).message;
  assert.equal(wrapped, "The counts could not be made: Division by zero.");
  for (const message of ["There is no table lake.a.b.", "Job #12 is not there.", "a.b.c: 3 of 4 files"])
    assert.equal(jobErrorOf(new Error(message)).message, message);
});

test("a refusal of Azure inside of Spark's words keeps what Azure answered, and what to do", () => {
  const error = new SparkError("Job aborted due to stage failure: Task failed while writing rows", {
    serverCause: 'java.io.IOException: x\nStatus code 403, "<Code>AuthorizationFailure</Code>"',
  });
  const { message, hint, class: kind } = jobErrorOf(error);
  assert.match(message, /Azure answered 403 AuthorizationFailure/);
  assert.equal(kind, "AuthorizationFailure");
  assert.match(hint ?? "", /AZURE_KEY/);
  assert.equal(isRaw(message), false);
});

test("a metastore that is away is told as that, whatever Spark makes of it", () => {
  const error = new SparkError("org.apache.hadoop.hive.ql.metadata.HiveException: x", {
    errorClass: "_LEGACY_ERROR_TEMP_3065",
    serverCause: "MetaException: Could not connect to meta store using any of the URIs provided",
  });
  const { message, hint, class: kind } = jobErrorOf(error);
  assert.equal(message, "The Hive Metastore does not answer.");
  assert.match(hint ?? "", /HIVE_METASTORE_URI/);
  assert.equal(kind, undefined);
});

test("a KDC that does not answer is worth another attempt, and one that refuses is not", () => {
  const tried = (text: string) => isUnavailable(kerberosFailure(text, "portal@EXAMPLE.COM"));
  assert.equal(tried("javax.security.auth.login.LoginException: Cannot contact any KDC for realm EXAMPLE.COM"), true);
  assert.equal(tried("java.net.SocketTimeoutException: Receive timed out"), true);
  assert.equal(tried("LoginException: Client not found in Kerberos database (6) - CLIENT_NOT_FOUND"), false);
  assert.equal(tried("LoginException: Checksum failed"), false);
  assert.equal(isUnavailable(new KerberosError("The keytab /k is not there.", "Correct it.")), false);
});

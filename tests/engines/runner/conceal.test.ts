import assert from "node:assert/strict";
import { test } from "node:test";
import { sparkSettings } from "../../../connectors/iceberg/catalogs.ts";
import { readSettings } from "../../../core/settings.ts";
import { concealing } from "../../../engines/runner/conceal.ts";

const remote = "sc://127.0.0.1:1/;token=t0ken%2B1;x-key=header+2";
const settings = readSettings(
  { SPARK_REMOTE: remote, AZURE_KEY: "a/key==", SNOWFLAKE_PASSWORD: "portal" },
  "/nowhere/.env",
);
const conceal = concealing(settings);

test("what a server repeats of an address is told without its secrets", () => {
  const message = `Failed to connect: jdbc:postgresql://db/x?user=p&password=hunter2&ssl=true with a/key==, ${remote}`;
  const hint = "Look at https://ada:hunter3@host/x, t0ken+1 and header%2B2.";
  const { error } = conceal({ outcome: "failed", error: { message, hint, class: "X" } });
  assert.equal(error.class, "X");
  assert.match(error.message, /jdbc:postgresql:\/\/db\/x\?user=p&password=…&ssl=true with …, sc:/);
  assert.equal(error.hint, "Look at https://ada:…@host/x, … and ….");
  assert.doesNotMatch(JSON.stringify(error), /hunter|t0ken|header|a\/key/);
});

test("a secret of another name that catalogs.json sends is told by nobody", t => {
  t.after(() => delete process.env.POLARIS_TOKEN);
  process.env.POLARIS_TOKEN = "polaris-5ecret";
  const message = "401 for Bearer polaris-5ecret";
  assert.deepEqual(concealing(settings)({ message }), { message: "401 for Bearer …" });
  const { secretKeys } = sparkSettings(
    "azure",
    { token: `\${POLARIS_TOKEN}`, uri: `\${AZURE_ENDPOINT}` },
    {
      ...settings,
      AZURE_ENDPOINT: "https://x.example",
    },
  );
  assert.equal(secretKeys.length, 1);
  assert.match(secretKeys[0] ?? "", /\.token$/);
});

test("a secret that begins with another leaves nothing of its end behind", () => {
  const two = readSettings({ AZURE_KEY: "abc", AUDIT_KEY: "abcdef5ecret" }, "/nowhere/.env");
  assert.deepEqual(concealing(two)({ message: "with abcdef5ecret and abc" }), { message: "with … and …" });
});

test("names and figures stay as they are, even where a password is a common word", () => {
  const outcome = { table: "lake.portal.t", target: "snowflake.portal.t", rows: "1", notes: ["made portal"] };
  assert.deepEqual(conceal(outcome), { ...outcome, notes: ["made …"] });
});

test("lists, numbers and what is absent pass through", () => {
  const told = { steps: [{ why: "a/key==", table: "a" }], parallel: 2, ended: undefined, none: null };
  assert.deepEqual(conceal(told), { ...told, steps: [{ why: "…", table: "a" }] });
});

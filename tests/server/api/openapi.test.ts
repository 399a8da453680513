import assert from "node:assert/strict";
import { test } from "node:test";
import { jobTypes } from "../../../engines/list.ts";
import { startApi } from "../api.ts";

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
}

test("the description has every address of the API, and no other", async t => {
  const { call, app } = await startApi(t, { role: "viewer" });
  const { body } = await call("GET", "/api/openapi.json");
  const registered = (app.router.stack as unknown as Layer[]).flatMap(({ route }) =>
    route && /^\/(api\/|schema\/|healthz|readyz)/.test(route.path)
      ? Object.keys(route.methods).map(method => `${method} ${route.path.replace(/:(\w+)/g, "{$1}")}`)
      : [],
  );
  const described = Object.entries(body.paths as Record<string, object>).flatMap(([path, operations]) =>
    Object.keys(operations).map(method => `${method} ${path}`),
  );
  assert.ok(registered.length > 10);
  assert.deepEqual(described.toSorted(), registered.toSorted());
});

test("every reference of the description leads somewhere, every name in a path is a parameter, no operation has another's name", async t => {
  const { call } = await startApi(t);
  const { body, text } = await call("GET", "/api/openapi.json");
  const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(match => match[1] ?? "");
  assert.ok(references.length > 0);
  for (const reference of references) {
    const found = reference.split("/").reduce((at: Record<string, unknown>, step) => at?.[step] as typeof at, body);
    assert.ok(found, reference);
  }
  const names = new Set<string>();
  type Operation = { operationId: string; parameters: { name: string; in: string }[] };
  for (const [path, operations] of Object.entries(body.paths as Record<string, Record<string, Operation>>)) {
    for (const { operationId, parameters } of Object.values(operations)) {
      assert.ok(!names.has(operationId), operationId);
      names.add(operationId);
      const inPath = parameters.filter(parameter => parameter.in === "path").map(({ name }) => name);
      assert.deepEqual(
        inPath,
        [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1]),
      );
    }
  }
});

test("what files of DATA_DIR hold has a schema, and allows nothing that is not named", async t => {
  const { call } = await startApi(t);
  const { body } = await call("GET", "/api/openapi.json");
  const files = ["Record", "Event", "Proof", "AuditEvent", "Claim", "EngineMark", "EngineResult", "Retry"];
  for (const name of [
    ...files,
    "CancelRequest",
    "Heartbeat",
    "HealthHistory",
    "ScheduleState",
    "Arrived",
    "Outcome",
    "Progress",
  ]) {
    const schema = body.components.schemas[name];
    const all = schema?.oneOf ?? schema?.anyOf ?? [schema];
    for (const one of all) {
      assert.equal(one?.type, "object", name);
      // Each engine adds its own figures to a proof.
      if (name !== "Proof") assert.equal(one.additionalProperties, false, name);
    }
  }
  assert.ok(body.components.schemas.Record.required.includes("previousHash"));
});

test("each type has the schema of its whole job file", async t => {
  const { call } = await startApi(t);
  for (const type of Object.keys(jobTypes)) {
    const { status, body } = await call("GET", `/schema/${type}.json`);
    assert.equal(status, 200);
    assert.equal(body.properties.type.const, type);
    assert.equal(body.additionalProperties, false);
    assert.equal(body.properties.submittedBy.readOnly, true);
  }
  const { body } = await call("GET", "/schema/ingest-hive.json");
  assert.deepEqual(body.required, ["type", "parameters"]);
  assert.deepEqual(body.properties.parameters.properties.verify.enum, ["read-back", "witness", "metadata", "none"]);
  const small = await call("GET", "/schema/export-audit.json");
  assert.deepEqual(small.body.required, ["type"]);
  const unknown = await call("GET", "/schema/ingest-hve.json");
  assert.deepEqual([unknown.status, unknown.body.error.hint], [404, "Did you mean ingest-hive?"]);
});

test("the types are listed with what they take", async t => {
  const { call } = await startApi(t);
  const { body } = await call("GET", "/api/types");
  const found = body.types.map((type: { type: string; readOnly: boolean }) => [type.type, type.readOnly]);
  assert.deepEqual(
    found,
    Object.values(jobTypes).map(({ type, readOnly = false }) => [type, readOnly]),
  );
});

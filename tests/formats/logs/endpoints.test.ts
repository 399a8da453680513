import assert from "node:assert/strict";
import { test } from "node:test";
import { sparkLiteral } from "../../../connectors/iceberg/names.ts";
import { endpointKind } from "../../../formats/logs/template-groups.ts";
import { logWorld } from "./world.ts";

const KINDS: Record<string, string> = {
  "/api/orders/8376": "/api/orders/<*>",
  "/api/orders/1381": "/api/orders/<*>",
  "/users/7/orders/9": "/users/<*>/orders/<*>",
  "/files/123e4567-e89b-12d3-a456-426614174000": "/files/<*>",
  "/commits/ab12cd34ef": "/commits/<*>",
  "/days/2024-05-01/report.pdf": "/days/<*>/report.pdf",
  "/invoices/INV-20394.pdf": "/invoices/<*>.pdf",
  "/people/ann@example.org": "/people/ann@example.org",
  "/rest/api/2/issue/77": "/rest/api/2/issue/<*>",
  "/v2/page7": "/v2/page7",
  "/": "/",
};

test("endpoints that differ by an id are of one kind; versions and names are none", async t => {
  const { rows } = await logWorld(t);
  const values = Object.keys(KINDS).map(path => `(${sparkLiteral(path)})`);
  const found = await rows(`select p, ${endpointKind("p")} as kind from values ${values.join(", ")} as v(p)`);
  assert.deepEqual(Object.fromEntries(found.map(({ p, kind }) => [p, kind])), KINDS);
});

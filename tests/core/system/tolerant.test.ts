import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { tolerant } from "../../../core/system/tolerant.ts";

const line = z.strictObject({ name: z.string(), note: z.string().exactOptional() });
const shape = z.strictObject({ id: z.string(), count: z.number().exactOptional(), lines: z.array(line) });
const later = { id: "a", count: "many", lines: [{ name: "b", note: 7, color: "red" }], version: 2 };

test("what another version wrote is read without what does not fit or is not known", () => {
  assert.deepEqual(tolerant(shape).parse(later), { id: "a", lines: [{ name: "b" }] });
});

test("what is not known is kept where somebody asks for it, in lists too", () => {
  const kept = { id: "a", lines: [{ name: "b", color: "red" }], version: 2 };
  assert.deepEqual(tolerant(shape, "keep").parse(later), kept);
});

test("what is required must fit, and what is written must fit in all", () => {
  assert.equal(tolerant(shape).safeParse({ ...later, id: 1 }).success, false);
  assert.equal(tolerant(shape).safeParse({ ...later, lines: [{}] }).success, false);
  assert.equal(shape.safeParse(later).success, false);
});

test("of several kinds the one is read that the word says, and no other", () => {
  const kinds = z.discriminatedUnion("kind", [
    shape.extend({ kind: z.literal("list") }),
    z.strictObject({ kind: z.literal("end"), code: z.number().nullable() }),
  ]);
  assert.deepEqual(tolerant(kinds).parse({ kind: "end", code: null, more: 1 }), { kind: "end", code: null });
  assert.deepEqual(tolerant(kinds).parse({ ...later, kind: "list" }), {
    id: "a",
    lines: [{ name: "b" }],
    kind: "list",
  });
  assert.equal(tolerant(kinds).safeParse({ kind: "other" }).success, false);
});

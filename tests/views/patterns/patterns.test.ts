import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../../../core/settings.ts";
import { LOOKS } from "../../../views/format/state.ts";
import { PIECES } from "../../../views/patterns/pieces.ts";
import { startPortal } from "../../server/portal.ts";

test("/patterns draws every piece in every state", async t => {
  const { get } = await startPortal(t, { role: "viewer" });
  const { body } = await get("/patterns");
  const wanted = PIECES.map(({ name, states }) => [name, Object.keys(states).length]);
  const drawn = body
    .split('data-piece="')
    .slice(1)
    .map(part => [part.slice(0, part.indexOf('"')), part.split('data-state="').length - 1]);
  assert.deepEqual(drawn, wanted);
  assert.ok(wanted.length >= 20, `${wanted.length} pieces`);
});

test("every state that pages show is among the patterns", () => {
  const states = PIECES.find(({ name }) => name === "state")?.states ?? {};
  assert.deepEqual(Object.keys(states), Object.keys(LOOKS));
});

test("every function of views/parts and views/charts that draws something is used by the patterns", () => {
  const used = readdirSync(join(PROJECT, "views", "patterns"))
    .map(name => readFileSync(join(PROJECT, "views", "patterns", name), "utf8"))
    .join("\n");
  const drawing = ["parts", "charts"].flatMap(folder =>
    readdirSync(join(PROJECT, "views", folder)).flatMap(name => {
      const functions = readFileSync(join(PROJECT, "views", folder, name), "utf8")
        .split("\nexport function ")
        .slice(1);
      return functions.flatMap(text =>
        /^[^{}]*(\{[^{}]*\}[^{}]*)*\): View \{/.test(text) ? [/^\w+/.exec(text)?.[0] ?? ""] : [],
      );
    }),
  );
  // Attributes, values that nobody sees and the frame that plots stand in are no pieces.
  const seen = drawing.filter(name => !["live", "hidden", "framed"].includes(name));
  assert.ok(seen.length >= 20, `${seen.length} functions`);
  assert.deepEqual(
    seen.filter(name => !new RegExp(`\\b${name}\\(`).test(used)),
    [],
  );
});

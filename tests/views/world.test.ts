import assert from "node:assert/strict";
import { test } from "node:test";
import { worldMap } from "../../views/charts/world.ts";
import { countryName, stepLimits, stepOf, WORLD, worldShapes } from "../../views/charts/world-shapes.ts";
import { textOf } from "../../views/html.ts";

test("every country of the map has its letters, but for the two that have none", () => {
  const shapes = worldShapes();
  assert.ok(shapes.length > 170);
  assert.deepEqual(
    shapes.filter(({ code }) => !/^[A-Z]{2}$/.test(code)).map(({ name }) => name),
    ["N. Cyprus", "Somaliland"],
  );
  assert.equal(new Set(shapes.map(({ code }) => code).filter(Boolean)).size, shapes.length - 2);
  assert.equal(shapes.find(({ name }) => name === "Kosovo")?.code, "XK");
  assert.equal(shapes.find(({ code }) => code === "TR")?.name, countryName("TR"));
});

test("every country is drawn inside of the map, Germany north of Kenya and west of Japan", () => {
  const middle = (code: string) => {
    const { points } = placesOf(worldShapes().find(shape => shape.code === code)?.path ?? "");
    const of = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
    return { x: of(0), y: of(1) };
  };
  for (const { name, path } of worldShapes()) {
    const { points } = placesOf(path);
    assert.ok(points.length > 2, name);
    const inside = points.every(([x, y]) => x >= 0 && x <= WORLD.width && y >= 0 && y <= WORLD.height);
    assert.ok(inside, `${name} reaches over the edge`);
  }
  assert.ok(middle("DE").y < middle("KE").y);
  assert.ok(middle("DE").x < middle("JP").x);
  assert.ok(middle("AU").y > middle("JP").y);
});

test("a country says its figure, and its colour is one of five steps", () => {
  const shown = textOf(
    worldMap(
      "Requests by country",
      [
        { code: "DE", count: 1200 },
        { code: "FR", count: 3 },
        { code: "SG", count: 7 },
      ],
      "request",
    ),
  );
  assert.match(shown, /<path class="land step-5" d="M[^"]+"><title>Germany: 1,200 requests<\/title>/);
  assert.match(shown, /<path class="land step-1" d="M[^"]+"><title>France: 3 requests<\/title>/);
  assert.match(shown, /<path class="land" d="M[^"]+"><title>Kenya: no request<\/title>/);
  assert.match(shown, /aria-label="Requests by country: 3 countries, most from Germany 1,200, Singapore 7, France 3"/);
  assert.match(shown, /1 place too small to draw stands in the table/);
  assert.doesNotMatch(shown, /style=/);
});

test("the legend's steps cover every figure, each exactly once", () => {
  for (const counts of [[1], [7, 7], [1, 2], [1, 5, 9], [3, 40_000, 900], [12, 13, 14, 15, 16, 17], [1, 10_000_000]]) {
    const limits = stepLimits(counts);
    assert.equal(limits[0], Math.min(...counts));
    assert.deepEqual(
      limits,
      [...new Set(limits)].toSorted((a, b) => a - b),
    );
    assert.equal(stepOf(Math.max(...counts), limits), 5, JSON.stringify(counts));
    assert.ok(stepOf(Math.min(...counts), limits) >= 1);
  }
  assert.deepEqual(stepLimits([]), []);
  assert.match(textOf(worldMap("Requests", [], "request")), /aria-label="Requests: nothing yet"/);
});

// The points of a path of whole steps.
function placesOf(path: string): { points: [number, number][] } {
  const points: [number, number][] = [];
  let [x, y] = [0, 0];
  for (const [, letter, first, second] of path.matchAll(/([Ml])(-?\d+) ?(-?\d+)/g)) {
    [x, y] = letter === "M" ? [Number(first), Number(second)] : [x + Number(first), y + Number(second)];
    points.push([x, y]);
  }
  return { points };
}

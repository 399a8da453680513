import { createRequire } from "node:module";
import { type GeoPermissibleObjects, geoEqualEarth, geoPath } from "d3-geo";
import type { FeatureCollection, Geometry } from "geojson";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";

/** A country as it is drawn. */
export interface CountryShape {
  /** ISO 3166-1 alpha-2; an empty text where the map has a land that the code has none for. */
  code: string;
  name: string;
  path: string;
}

/** How large the map is, in the units of its paths. */
export const WORLD = { width: 1200, height: 564 };

let drawn: readonly CountryShape[] | undefined;

/** Every country of the map, drawn once. The South Pole has no visitors, and would take a fifth of the room. */
export function worldShapes(): readonly CountryShape[] {
  drawn ??= draw();
  return drawn;
}

/** The name of a country in English; the code itself where nobody has heard of it. */
export function countryName(code: string): string {
  try {
    return NAMES.of(code) ?? code;
  } catch {
    return code;
  }
}

const NAMES = new Intl.DisplayNames("en", { type: "region" });

type Named = { name: string };
type Atlas = Topology<{ countries: GeometryCollection<Named> }>;

function draw(): readonly CountryShape[] {
  const atlas = createRequire(import.meta.url)("world-atlas/countries-110m.json") as Atlas;
  const { features } = feature(atlas, atlas.objects.countries) as FeatureCollection<Geometry, Named>;
  const shown = features.filter(({ id }) => id !== "010");
  const all: GeoPermissibleObjects = { type: "FeatureCollection", features: shown };
  const projection = geoEqualEarth().rotate([-11, 0]).fitWidth(WORLD.width, all);
  return shown.map(one => {
    const code = codeOf(one.id, one.properties.name);
    const pen = whole();
    geoPath(projection, pen)(one);
    return { code, name: code ? countryName(code) : one.properties.name, path: pen.path() };
  });
}

// The map names countries by their ISO number, of which a locale knows the letters.
function codeOf(id: string | number | undefined, name: string): string {
  if (id !== undefined) return new Intl.Locale(`und-${String(id).padStart(3, "0")}`).region ?? "";
  return name === "Kosovo" ? "XK" : "";
}

// Steps from point to point in whole units are half as long as places, and a page is asked for every few seconds.
function whole() {
  const parts: string[] = [];
  let [x, y] = [0, 0];
  const to = (letter: "M" | "l", atX: number, atY: number) => {
    const [nextX, nextY] = [Math.round(atX), Math.round(atY)];
    if (letter === "l" && nextX === x && nextY === y) return;
    parts.push(letter === "M" ? `M${nextX} ${nextY}` : `l${nextX - x} ${nextY - y}`);
    [x, y] = [nextX, nextY];
  };
  return {
    beginPath() {},
    moveTo: (atX: number, atY: number) => to("M", atX, atY),
    lineTo: (atX: number, atY: number) => to("l", atX, atY),
    arc() {},
    closePath() {
      parts.push("z");
    },
    path: () => parts.join("").replaceAll(" -", "-"),
  };
}

const STEPS = 5;

/** The least figure of each step, in round figures: each step is as many times more than the one before. */
export function stepLimits(counts: readonly number[]): readonly number[] {
  if (counts.length === 0) return [];
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const times = (most / least) ** (1 / STEPS);
  const further = Array.from({ length: STEPS - 1 }, (_, i) => round(least * times ** (i + 1)));
  return [least, ...new Set(further.filter(limit => limit > least && limit <= most))];
}

/** In which step a count is, from 1. The last is always 5, so that a world of one figure is not pale. */
export function stepOf(count: number, limits: readonly number[]): number {
  return STEPS - limits.length + limits.filter(limit => count >= limit).length;
}

// Two digits, the second of them rounded to what a person remembers.
function round(figure: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(figure)) - 1);
  return Math.max(1, Math.round(figure / unit) * unit);
}

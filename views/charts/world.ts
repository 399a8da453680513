import { counted, group } from "../format/figures.ts";
import { html, type View } from "../html.ts";
import { countryName, stepLimits, stepOf, WORLD, worldShapes } from "./world-shapes.ts";

/** How much came from a country, by its two letters (ISO 3166-1). */
export interface FromCountry {
  code: string;
  count: number;
}

/**
 * The world, every country in one of five steps of a colour by how much came from it, each with its figure for a pointer,
 * and a legend. Its table beside it is what a screen reader and a keyboard get: the drawing is one image with a summary. */
export function worldMap(label: string, all: readonly FromCountry[], what: string): View {
  const counts = new Map(all.filter(({ count }) => count > 0).map(({ code, count }) => [code, count]));
  const limits = stepLimits([...counts.values()]);
  const land = worldShapes().map(({ code, name, path }) => {
    const count = counts.get(code) ?? 0;
    const description = count > 0 ? counted(count, what) : `no ${what}`;
    return html`<path class="land${count > 0 && ` step-${stepOf(count, limits)}`}" d="${path}"><title>${name}: ${description}</title></path>`;
  });
  const drawn = new Set(worldShapes().map(({ code }) => code));
  const small = [...counts.keys()].filter(code => !drawn.has(code));
  return html`<figure class="world"><svg viewBox="0 0 ${WORLD.width} ${WORLD.height}" role="img" aria-label="${label}: ${summary(counts)}">${land}</svg>
<figcaption>${legend(limits, what)}${small.length > 0 && html`<small class="soft">${counted(small.length, "place")} too small to draw ${small.length === 1 ? "stands" : "stand"} in the table.</small>`}</figcaption></figure>`;
}

function legend(limits: readonly number[], what: string): View {
  const steps = limits.map(
    (limit, i) =>
      html`<li><span class="swatch step-${stepOf(limit, limits)}"></span>${words(limit, limits[i + 1])}</li>`,
  );
  return html`<ul class="legend" aria-label="${what}s by colour"><li><span class="swatch"></span>none</li>${steps}</ul>`;
}

function words(from: number, next: number | undefined): string {
  if (next === undefined) return `${group(from)} or more`;
  return next - 1 === from ? group(from) : `${group(from)} to ${group(next - 1)}`;
}

function summary(counts: ReadonlyMap<string, number>): string {
  if (counts.size === 0) return "nothing yet";
  const first = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, 3);
  const description = first.map(([code, count]) => `${countryName(code)} ${group(count)}`).join(", ");
  return `${counted(counts.size, "country", "countries")}, most from ${description}`;
}

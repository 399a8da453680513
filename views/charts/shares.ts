import { group } from "../format/figures.ts";
import { html, type View } from "../html.ts";

/** A part of a whole, and the class that colours it. */
export interface Share {
  label: string;
  count: number;
  look: string;
}

const WIDTH = 1000;

/** Parts of a whole in one bar, each as wide as its share; none that is there is too thin to be seen. */
export function shares(label: string, all: readonly Share[]): View {
  const total = all.reduce((sum, { count }) => sum + count, 0);
  const shown = all.filter(({ count }) => count > 0);
  let x = 0;
  const parts = shown.map(({ label, count, look }) => {
    const width = Math.max(4, Math.round((count / total) * WIDTH));
    const part = html`<g><title>${label}: ${group(count)}, ${percent(count, total)}</title><rect class="${look}" x="${x}" y="0" width="${Math.max(1, width - 2)}" height="16"/></g>`;
    x += width;
    return part;
  });
  const description = shown.map(({ label, count }) => `${label} ${percent(count, total)}`).join(", ") || "nothing";
  return html`<svg class="shares" viewBox="0 0 ${Math.max(WIDTH, x)} 16" preserveAspectRatio="none" role="img" aria-label="${label}: ${description}">${parts}</svg>`;
}

/** A share in percent, with one digit where it is small: `0.4%`, `63%`; never 0 for what is there, nor 100 for what is not all. */
export function percent(count: number, total: number): string {
  const share = total === 0 ? 0 : (100 * count) / total;
  if (share > 0 && share < 0.1) return "< 0.1%";
  if (share > 99.9 && share < 100) return "> 99.9%";
  return `${share > 0 && (share < 9.95 || share > 99) && share < 100 ? share.toFixed(1) : Math.round(share)}%`;
}

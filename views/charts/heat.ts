import { group } from "../format/figures.ts";
import { html, type Part, type View } from "../html.ts";
import { table } from "../parts/table.ts";
import { framed } from "./frame.ts";

/** How many there were in an hour (0 to 23) of a weekday (1 is Monday). */
export interface HeatCell {
  weekday: number;
  hour: number;
  value: number;
}

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

const [WIDTH, HEIGHT] = [10, 10];
const SHADES = 6;

/** Hours across, weekdays down; the darker, the more. `what` says what is counted. */
export function heat(title: string, what: string, cells: readonly HeatCell[], aside?: Part): View {
  const highest = Math.max(0, ...cells.map(({ value }) => value));
  const values = new Map(cells.map(({ weekday, hour, value }) => [weekday * 24 + hour, value]));
  const drawn = WEEKDAYS.map((day, row) =>
    Array.from({ length: 24 }, (_, hour) => {
      const value = values.get((row + 1) * 24 + hour) ?? 0;
      return html`<g><title>${day} ${hourOf(hour)}: ${group(value)} ${what}</title><rect class="heat-${shade(value, highest)}" x="${hour * WIDTH + 0.4}" y="${row * HEIGHT + 0.4}" width="${WIDTH - 0.8}" height="${HEIGHT - 0.8}"/></g>`;
    }),
  );
  const most = cells.reduce<HeatCell | undefined>(
    (high, cell) => (cell.value > (high?.value ?? 0) ? cell : high),
    undefined,
  );
  const words = most ? `most ${group(most.value)} ${what} on ${nameOf(most)}` : `no ${what}`;
  const svg = html`<svg class="heat" viewBox="0 0 ${24 * WIDTH} ${7 * HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${title}: ${words}">${drawn}</svg>`;
  const figures = table(
    {
      caption: title,
      columns: [
        { head: "When", cell: nameOf },
        { head: what, num: true, cell: ({ value }: HeatCell) => group(value) },
      ],
    },
    cells.filter(({ value }) => value > 0),
  );
  const rows = WEEKDAYS.map(day => day.slice(0, 3));
  return framed(
    { title, aside: aside ?? words, highest, rows, ticks: ["0:00", "6:00", "12:00", "18:00", "24:00"], figures },
    svg,
  );
}

function nameOf({ weekday, hour }: HeatCell): string {
  return `${WEEKDAYS[weekday - 1] ?? weekday} ${hourOf(hour)}`;
}

function hourOf(hour: number): string {
  return `${String(hour).padStart(2, "0")}:00`;
}

// By its square root, so that few stay visible beside very many.
function shade(value: number, highest: number): number {
  return value === 0 ? 0 : Math.max(1, Math.ceil(Math.sqrt(value / highest) * SHADES));
}

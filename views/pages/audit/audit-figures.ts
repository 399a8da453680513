import type { Totals } from "../../../core/audit/index/sums.ts";
import { compactNumber, counted, group, size } from "../../format/figures.ts";
import { state } from "../../format/state.ts";
import { html, type Part, type View } from "../../html.ts";
import { strip } from "../../parts/facts.ts";

/** The figures in a strip; `href` gives the address of the jobs of one state. */
export function auditFigures(all: Totals, href: (state: string) => string): View {
  const ofState = (name: "succeeded" | "failed" | "cancelled") => ({
    figure: all[name] > 0 ? html`<a href="${href(name)}">${group(all[name])}</a>` : "0",
    what: state(name),
    remark: shareOf(all[name], all.jobs),
  });
  const cells = strip([
    { figure: group(all.jobs), what: all.jobs === 1 ? "job" : "jobs", remark: counted(all.people, "person", "people") },
    ofState("succeeded"),
    ofState("failed"),
    ofState("cancelled"),
    { figure: group(all.tables), what: all.tables === 1 ? "table" : "tables", remark: tablesRemark(all) },
    { figure: exactly(all.rows), what: "rows" },
    { figure: size(all.bytes), what: "moved", remark: all.seconds > 0 && `in ${hours(all.seconds)} of work` },
    { figure: group(all.provenEqual), what: html`<span class="good">proven equal</span>`, remark: proofRemark(all) },
  ]);
  return html`<div class="figures">${cells}</div>`;
}

function shareOf(part: number, all: number): Part {
  if (all === 0 || part === 0) return undefined;
  const share = (100 * part) / all;
  return `${share < 1 ? "less than 1" : share > 99 && part < all ? "over 99" : Math.round(share)}% of all`;
}

function tablesRemark({ tablesFailed, tablesSkipped }: Totals): Part {
  const description = [
    tablesFailed > 0 && `${group(tablesFailed)} failed`,
    tablesSkipped > 0 && `${group(tablesSkipped)} skipped`,
  ];
  return description.filter(Boolean).join(", ") || undefined;
}

function proofRemark({ provenAgrees, notChecked, provenDiffers }: Totals): Part {
  const differs = provenDiffers > 0 ? html`<span class="bad">${group(provenDiffers)} differ</span>` : "none differs";
  return html`${group(provenAgrees)} agree, ${group(notChecked)} not checked, ${differs}`;
}

function exactly(rows: string): Part {
  return rows.length <= 9 ? group(rows) : html`<span title="${group(rows)}">${compactNumber(Number(rows))}</span>`;
}

function hours(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${group(Math.round(seconds / 3600))} h`;
}

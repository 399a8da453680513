import type { Certificate, CertificateEntry } from "../../../core/certificate/certificate.ts";
import { group, size } from "../../format/figures.ts";
import { html, type Part, type View } from "../../html.ts";

/** A certificate as one document that needs nothing else: it is read in a browser without a network, and printed. */
export function certificateDocument(certificate: Certificate): View {
  const { of, issuedAt, issuedBy, archive, entries, digest } = certificate;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Certificate of the ${of.kind} ${of.name}</title><style>${STYLE}</style></head><body>
<header><h1>Certificate</h1><p>${verdictWords(certificate)}</p>
<dl>${pair("About", `the ${of.kind} ${of.name}`)}${pair("Issued", `${issuedAt} for ${issuedBy}`)}${pair("Archive then", archive && html`record ${archive.sequence} was the newest: <code>${archive.hash}</code>`)}${pair("Digest", html`<code>${digest}</code>`)}</dl></header>
${entries.map(section)}
<footer><h2>How to check it</h2><p>Every figure above is in the archive of the portal. With the same certificate as JSON: <code>npm run job -- verify-certificate certificate.json</code>. It needs no network, and names every digit that is another one in the archive. Each record carries the hash of the record before it, so that none can be changed, removed or added later without breaking the chain.</p></footer></body></html>
`;
}

/** How many of its tables a certificate proves, in a sentence. */
function verdictWords({ entries }: Pick<Certificate, "entries">): string {
  const proven = entries.filter(({ verdict }) => verdict === "equal" || verdict === "agrees").length;
  const all = entries.length === 1 ? "The one comparison" : `All ${group(entries.length)} comparisons`;
  if (proven === entries.length) return `${all} found the same on both sides.`;
  return `${group(proven)} of ${group(entries.length)} comparisons found the same on both sides; the rest say below what they found.`;
}

function section(entry: CertificateEntry): View {
  const { job, record } = entry;
  return html`<section><h2>${entry.table}${entry.target && html` → ${entry.target}`}</h2><p class="verdict ${entry.verdict.replace(" ", "-")}">${entry.verdict}</p>
<p>${entry.method}</p>${entry.differences && html`<ul>${entry.differences.map(one => html`<li>${one}</li>`)}</ul>`}${entry.error && html`<p>${entry.error}</p>`}
<dl>${pair("Outcome", entry.outcome)}${pair("Rows", entry.rows && group(entry.rows))}${pair("Bytes", entry.bytes && size(entry.bytes))}${pair("Source snapshot", entry.sourceSnapshot)}${pair("Target snapshot", entry.targetSnapshot)}${pair("Metadata file", entry.metadataFile)}${pair("Proven", entry.provenAt)}${pair("Columns", entry.columns && `${entry.columns.length}: ${entry.columns.join(", ")}`)}${pair("Job", `${job.id} (${job.type})`)}${pair("Asked for by", `${job.submittedBy}, via ${job.via}, ${job.submittedAt}`)}${pair("Ended", job.finishedAt)}${pair("Record", html`number ${record.sequence} of the chain: <code>${record.hash}</code>`)}${pair("Record before", html`<code>${record.previousHash}</code>`)}</dl>
${figures(entry)}</section>`;
}

const FIGURES: readonly (readonly [string, string])[] = [
  ["rows", "Rows"],
  ["sum", "Sum of row hashes"],
  ["sum2", "Sum with another salt"],
  ["xor", "Xor of row hashes"],
];

function figures({ source = {}, targetFigures = {} }: CertificateEntry): Part {
  const rows = FIGURES.filter(([key]) => source[key] !== undefined || targetFigures[key] !== undefined);
  if (rows.length === 0) return undefined;
  return html`<table><thead><tr><th>Figure</th><th>Source</th><th>Target</th></tr></thead><tbody>${rows.map(([key, name]) => html`<tr><th>${name}</th><td>${cell(source[key])}</td><td>${cell(targetFigures[key])}</td></tr>`)}${columnRows(source, targetFigures)}</tbody></table>`;
}

interface ColumnFigures {
  name?: string;
  count?: string;
  min?: string | null;
  max?: string | null;
}

function columnRows(source: Readonly<Record<string, unknown>>, target: Readonly<Record<string, unknown>>): Part {
  const of = (side: Readonly<Record<string, unknown>>) =>
    Array.isArray(side.columns) ? (side.columns as ColumnFigures[]) : [];
  const there = of(target);
  const words = (one: ColumnFigures | undefined) =>
    one && `${one.count ?? "?"} values${one.min === undefined ? "" : `, ${one.min ?? "none"} to ${one.max ?? "none"}`}`;
  return of(source).map(
    one =>
      html`<tr><th>${one.name}</th><td>${words(one)}</td><td>${words(there.find(({ name }) => name === one.name))}</td></tr>`,
  );
}

function cell(value: unknown): string {
  return value === undefined ? "" : String(value);
}

function pair(name: string, value: Part): Part {
  return value !== undefined && value !== "" && html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

const STYLE = `body{font:11pt/1.45 system-ui,sans-serif;color:#1b1b1b;max-width:48rem;margin:2rem auto;padding:0 1rem}
h1{font-size:20pt;margin:0}h2{font-size:12pt;margin:0;overflow-wrap:anywhere}section{border-top:1px solid #999;padding:1rem 0;break-inside:avoid}
dl{display:grid;gap:.15rem;margin:.5rem 0}dl div{display:grid;grid-template-columns:9rem 1fr}dt{color:#555}dd{margin:0;overflow-wrap:anywhere}
code{font-family:ui-monospace,monospace;font-size:.85em;overflow-wrap:anywhere}table{border-collapse:collapse;width:100%;font-size:.85em}
th{text-align:left;font-weight:normal;color:#555}td,th{border-bottom:1px solid #ddd;padding:.15rem .5rem .15rem 0;overflow-wrap:anywhere;vertical-align:top}
.verdict{font-weight:bold;margin:.25rem 0}.verdict::before{content:"= "}.differs::before{content:"≠ "}.not-checked::before{content:"– "}
footer{border-top:1px solid #999;padding-top:1rem}@media print{body{margin:0;max-width:none}}`;

import { type Bar, bars } from "../../charts/bars.ts";
import { counted, group, size } from "../../format/figures.ts";
import { type ShownState, state } from "../../format/state.ts";
import { ago, clock } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { button, confirm } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { type Column, table } from "../../parts/table.ts";
import { tableName } from "../../parts/table-name.ts";
import { nothingYet } from "../../parts/verdict.ts";

interface File {
  name: string;
  bytes: number;
  sha256: string;
  seconds: number;
  at: string;
  by: string;
}

/** One load of the past: upload and processing apart, in seconds, and the parts of the processing. */
export interface PastLoad {
  id: string;
  at: string;
  file: string;
  table: string;
  state: ShownState;
  bytes?: string;
  upload?: number;
  processing: number;
  parts: Readonly<Record<string, number>>;
  figures: Readonly<Record<string, string>>;
}

/** The uploaded files, and past loads with the oldest first. `limit` is in bytes. */
export interface FilesView {
  files: readonly File[];
  past: readonly PastLoad[];
  limit: number;
  mayAct: boolean;
  now: number;
}

/** Where files come in, and what is there. */
export function filesPage({ files, past, limit, mayAct, now }: FilesView): View {
  const list =
    files.length === 0
      ? nothingYet(
          "No file is here yet.",
          mayAct ? "Drop a CSV file above, or choose one." : "An operator may upload one.",
        )
      : table({ caption: "Uploaded files", columns: columns(mayAct, now) }, files);
  return html`${head("Files", { aside: files.length > 0 && html`<span class="soft">${counted(files.length, "file")}</span>` })}
${mayAct && drop(limit)}${card({ title: "Uploaded", look: "tight" }, list)}${past.length > 0 && pastCard(past, now)}`;
}

function drop(limit: number): View {
  return html`<form class="drop card" method="post" action="/files" enctype="multipart/form-data" data-upload="/files/parts">
<label class="stack"><span>CSV files, one or many, up to ${size(limit)} each</span><input class="field" type="file" name="file" multiple required></label>
${button("Upload", { look: "primary" })}<p class="soft">Or drop them here. An upload that breaks off goes on where it broke when the same file is dropped again.</p>
<ul class="coming" aria-live="polite"></ul></form>`;
}

function columns(mayAct: boolean, now: number): Column<File>[] {
  return [
    { head: "File", cell: ({ name }) => (mayAct ? html`<a href="/files/${name}">${name}</a>` : name) },
    { head: "Size", num: true, cell: ({ bytes }) => size(bytes) },
    { head: "Came", cell: ({ at, by }) => html`${ago(at, now)}${by && ` by ${by}`}` },
    {
      head: "Duration",
      num: true,
      cell: ({ seconds, bytes }) => seconds > 0 && `${took(seconds)}, ${size(Math.round(bytes / seconds))}/s`,
    },
    { head: "SHA-256", cell: ({ sha256 }) => sha256 && html`<code title="${sha256}">${sha256.slice(0, 12)}…</code>` },
    ...(mayAct
      ? [
          {
            head: "Delete",
            quiet: true,
            cell: ({ name }: File) =>
              confirm(
                "Delete",
                `${name} goes from this machine; what was loaded of it stays.`,
                html`<form method="post" action="/files/${name}/delete">${button("Delete it", { look: "danger" })}</form>`,
                "plain",
              ),
          },
        ]
      : []),
  ];
}

/** Past loads: how long upload and processing took, over time and one by one. */
function pastCard(past: readonly PastLoad[], now: number): View {
  const bar = (seconds: (load: PastLoad) => number | undefined) =>
    past.map(
      (load): Bar => ({
        label: load.at.slice(0, 16).replace("T", " "),
        value: seconds(load) ?? 0,
        bad: load.state === "failed" ? (seconds(load) ?? 0) : 0,
        description: took(seconds(load) ?? 0),
      }),
    );
  const chart = (title: string, all: Bar[]) =>
    html`<figure class="chart"><figcaption>${title}</figcaption>${bars(title, all)}</figure>`;
  const charts = html`<div class="pair">${chart(
    "Upload, seconds",
    bar(load => load.upload),
  )}${chart(
    "Processing, seconds",
    bar(load => load.processing),
  )}</div>`;
  const rows: Column<PastLoad>[] = [
    {
      head: "Load",
      cell: load => html`<a href="/jobs/${load.id}">${load.file}</a><small>→ ${tableName(load.table)}</small>`,
    },
    { head: "State", cell: load => state(load.state) },
    { head: "Ended", cell: load => ago(load.at, now) },
    { head: "Records", num: true, cell: ({ figures }) => figures.records && group(figures.records) },
    { head: "Upload", num: true, cell: ({ upload }) => upload !== undefined && took(upload) },
    { head: "Processing", num: true, cell: load => html`${took(load.processing)}${partsOf(load)}` },
  ];
  return card(
    { title: "Past loads", look: "tight" },
    html`<div class="inside">${charts}</div>${table({ caption: "Past loads", columns: rows }, past.toReversed())}`,
  );
}

function took(seconds: number): string {
  return seconds < 60 ? `${seconds.toFixed(1)} s` : clock(seconds * 1000);
}

function partsOf({ parts }: PastLoad): Part {
  const description = Object.entries(parts).map(([name, seconds]) => `${name} ${seconds.toFixed(1)} s`);
  return description.length > 0 && html`<small>${description.join(", ")}</small>`;
}

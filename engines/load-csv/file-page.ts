import { join } from "node:path";
import { sniffFile } from "../../csv/sniff.ts";
import { findUpload, type Upload, uploadsFolder } from "../../csv/uploads.ts";
import { findJob } from "../../files/jobs-on-disk.ts";
import { eventsFile } from "../../files/layout.ts";
import { readLines } from "../../files/ndjson.ts";
import type { JobEvent } from "../../jobs/events.ts";
import { isId } from "../../jobs/id.ts";
import { type FileView, filePage } from "../../views/pages/file.ts";
import { type Answer, Refusal, type Route, type Visit } from "../page.ts";
import { addressOf, dialectIn, loadOnly, parametersOf } from "./chosen.ts";
import { keptPage } from "./kept.ts";

/** One file: what it looks like, what it holds, and the load. */
export const fileRoutes: readonly Route[] = [
  { method: "get", path: "/files/:name", role: "operator", answer: show },
  { method: "post", path: "/files/:name/look", role: "operator", answer: visit => again(visit) },
  { method: "post", path: "/files/:name/inspect", role: "operator", answer: inspect },
  { method: "post", path: "/files/:name/load", role: "operator", answer: load },
  { method: "get", path: "/jobs/:id/kept/:what", role: "operator", answer: keptPage },
];

function show(visit: Visit): Answer {
  const { portal, query, now } = visit;
  const upload = uploadOf(visit);
  const sniffed = sniff(visit, upload, query);
  const stem = upload.name
    .replace(/\.\w+$/, "")
    .replace(/\W+/g, "_")
    .toLowerCase();
  const look = query.get("look") ?? "";
  const body = filePage({
    file: upload,
    sniffed,
    chosen: query,
    table: query.get("table") || `lake.files.${stem}`,
    key:
      query.get("key") ||
      (sniffed.columns.find(({ name }) => /^(sku|id|key|code)$/i.test(name)) ?? sniffed.columns[0])?.name ||
      "",
    here: addressOf(upload.name, query, look),
    ...(look && isId(look) && { look: lookOf(visit, look) }),
    ...(!portal.workerLives() && {
      waits: "No worker is running: what is started waits for one. Start it with npm start.",
    }),
    now,
  });
  return { kind: "page", title: upload.name, body, here: "/files" };
}

function uploadOf({ portal, parameters }: Visit): Upload {
  const upload = findUpload(portal.layout.root, parameters.name ?? "");
  if (upload) return upload;
  throw new Refusal(404, `There is no file ${parameters.name}.`, "Upload it on the page of files.");
}

function sniff({ portal }: Visit, { name }: Upload, chosen: URLSearchParams) {
  return sniffFile(join(uploadsFolder(portal.layout.root), name), dialectIn(chosen));
}

function again(visit: Visit, look?: string): Answer {
  return { kind: "redirect", to: addressOf(uploadOf(visit).name, visit.form, look) };
}

function inspect(visit: Visit): Answer {
  const upload = uploadOf(visit);
  const parameters = parametersOf(upload.name, visit.form, sniff(visit, upload, visit.form));
  return again(visit, visit.portal.submit(visit, { type: "inspect-csv", parameters }));
}

function load(visit: Visit): Answer {
  const upload = uploadOf(visit);
  const parameters = parametersOf(upload.name, visit.form, sniff(visit, upload, visit.form));
  const id = visit.portal.submit(visit, { type: "load-csv", parameters: { ...parameters, ...loadOnly(visit.form) } });
  return { kind: "redirect", to: `/jobs/${id}`, notice: "It is queued." };
}

// What is told stands in the events before it is in the archive.
function lookOf({ portal }: Visit, id: string): NonNullable<FileView["look"]> {
  const job = findJob(portal.layout, id);
  if (!job) return { id, error: { message: "This look is not there any more." } };
  if (job.state === "ended") {
    const [outcome] = job.record.tables;
    const error = outcome?.error ?? job.record.error;
    if (job.record.status !== "succeeded") return { id, error: error ?? { message: `It was ${job.record.status}.` } };
    return { id, figures: outcome?.figures ?? {}, notes: outcome?.notes ?? [] };
  }
  const step = readLines<JobEvent>(eventsFile(portal.layout, id)).findLast(event => event.event === "progress");
  return { id, step: step?.event === "progress" ? step.step : job.state };
}

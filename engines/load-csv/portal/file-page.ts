import { join } from "node:path";
import type { JobFile } from "../../../core/jobs/envelope.ts";
import { eventShape } from "../../../core/jobs/events.ts";
import { isId } from "../../../core/jobs/id.ts";
import { uploadsFolder } from "../../../core/store/data-files.ts";
import { findJob } from "../../../core/store/jobs-on-disk.ts";
import { eventsFile } from "../../../core/store/layout.ts";
import { readLines } from "../../../core/system/ndjson.ts";
import { ENCODINGS } from "../../../formats/csv/dialect.ts";
import { type Sniffed, sniffFile } from "../../../formats/csv/sniff.ts";
import { findUpload, type Upload } from "../../../formats/csv/uploads.ts";
import { type FileView, filePage } from "../../../views/pages/files/file.ts";
import { HttpError, type Portal, type RequestContext, type Route, type RouteResult } from "../../portal/page.ts";
import { addressOf, choicesOf, dialectIn, type FileQuery, loadOnly, parametersOf, signatureOf } from "./file-query.ts";
import { formErrors } from "./form-errors.ts";
import { keptRows } from "./kept.ts";

/** One file: what it looks like, what it holds, and the load. */
export const filePages: readonly Route[] = [
  { method: "get", path: "/files/:name", role: "operator", answer: show },
  { method: "post", path: "/files/:name/look", role: "operator", answer: again },
  { method: "post", path: "/files/:name/inspect", role: "operator", answer: inspect },
  { method: "post", path: "/files/:name/load", role: "operator", answer: load },
  { method: "get", path: "/jobs/:id/kept/:what", role: "operator", answer: keptRows },
];

async function show(request: RequestContext): Promise<RouteResult> {
  const upload = uploadOf(request);
  return page(request, upload, request.query, await sniff(request, upload, request.query));
}

function page(
  { portal, now }: RequestContext,
  upload: Upload,
  chosen: FileQuery,
  sniffed: Sniffed,
  errors: Readonly<Record<string, string>> = {},
): RouteResult {
  const stem = upload.name
    .replace(/(\.\w+)+$/, "")
    .replace(/\W+/g, "_")
    .toLowerCase();
  const look = chosen.get("look") ?? "";
  const names = sniffed.columns.map(({ name }) => name);
  const body = filePage({
    ...{ file: upload, sniffed, chosen, errors, encodings: ENCODINGS, now },
    columns: choicesOf(chosen, sniffed),
    signature: signatureOf(sniffed),
    table: chosen.get("table") ?? `lake.files.${stem}`,
    key: chosen.get("key") ?? names.find(name => /^(sku|id|key|code)$/i.test(name)) ?? names[0] ?? "",
    here: addressOf(upload.name, chosen, sniffed, look),
    ...(look && isId(look) && { look: lookOf(portal, look) }),
    ...(!portal.workerLives() && {
      waits: "No worker is running: what is started waits for one. Start it with npm start.",
    }),
  });
  const status = Object.keys(errors).length > 0 ? 422 : 200;
  return { kind: "page", title: upload.name, body, here: "/files", status };
}

function uploadOf({ portal, parameters }: RequestContext): Upload {
  const upload = findUpload(portal.layout.root, parameters.name ?? "");
  if (upload) return upload;
  throw new HttpError(404, `There is no file ${parameters.name}.`, "Upload it on the page of files.");
}

async function sniff({ portal }: RequestContext, { name }: Upload, chosen: FileQuery): Promise<Sniffed> {
  return await sniffFile(join(uploadsFolder(portal.layout.root), name), { given: dialectIn(chosen) });
}

async function again(request: RequestContext): Promise<RouteResult> {
  const upload = uploadOf(request);
  return { kind: "redirect", to: addressOf(upload.name, request.form, await sniff(request, upload, request.form)) };
}

async function inspect(request: RequestContext): Promise<RouteResult> {
  return await start(request, (parameters, upload, sniffed) => {
    const look = request.portal.submit(request, { type: "inspect-csv", parameters });
    return { kind: "redirect", to: addressOf(upload.name, request.form, sniffed, look) };
  });
}

async function load(request: RequestContext): Promise<RouteResult> {
  return await start(request, parameters => {
    const file = { type: "load-csv", parameters: { ...parameters, ...loadOnly(request.form) } };
    return { kind: "redirect", to: `/jobs/${request.portal.submit(request, file)}`, notice: "Submitted." };
  });
}

// A form that can't be sent is shown again as it was filled in, with what is wrong at its fields.
async function start(
  request: RequestContext,
  submit: (parameters: JobFile["parameters"], upload: Upload, sniffed: Sniffed) => RouteResult,
): Promise<RouteResult> {
  const upload = uploadOf(request);
  const sniffed = await sniff(request, upload, request.form);
  const parameters = parametersOf(upload.name, request.form, sniffed);
  const errors = formErrors(request.form, sniffed, { ...parameters, ...loadOnly(request.form) });
  if (Object.keys(errors).length > 0 || sniffed.problem) return page(request, upload, request.form, sniffed, errors);
  return submit(parameters, upload, sniffed);
}

// What is told stands in the events before it is in the archive.
function lookOf(portal: Portal, id: string): NonNullable<FileView["look"]> {
  const job = findJob(portal.layout, id);
  if (!job) return { id, error: { message: "This look is not there any more." } };
  if (job.state === "ended") {
    const [outcome] = job.record.tables;
    const error = outcome?.error ?? job.record.error;
    if (job.record.status !== "succeeded") return { id, error: error ?? { message: `It was ${job.record.status}.` } };
    return { id, figures: outcome?.figures ?? {}, notes: outcome?.notes ?? [] };
  }
  const step = readLines(eventsFile(portal.layout, id), eventShape).findLast(event => event.event === "progress");
  return { id, step: step?.event === "progress" ? step.step : job.state };
}

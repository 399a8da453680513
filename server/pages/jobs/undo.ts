import { isEnough } from "../../../core/people/roles.ts";
import { jobTypes } from "../../../engines/list.ts";
import {
  HttpError,
  type Portal,
  type RequestContext,
  type Route,
  type RouteResult,
} from "../../../engines/portal/page.ts";
import { titleOf } from "../../../engines/runner/about.ts";
import { archivedJob, laterJobs, undoingJobs, undoneOutcomes } from "../../../engines/undo-job/undone.ts";
import { undoPage } from "../../../views/pages/jobs/undo.ts";

/** The page where a person sees what an undo of a job is about, and has it planned. */
export function undoRoutes(): Route[] {
  return [
    { method: "get", path: "/jobs/:id/undo", role: "viewer", answer: show },
    { method: "post", path: "/jobs/:id/undo", role: "operator", answer: plan },
  ];
}

/** The jobs that undid a job, and whether what is left of it can be undone. */
export function undoStateOf({ index }: Portal, record: { id: string; type: string; tables: readonly unknown[] }) {
  const undone = undoingJobs(index, record.id);
  const type = Object.hasOwn(jobTypes, record.type) ? jobTypes[record.type] : undefined;
  const isWhole = undone.some(({ tables }) => !tables);
  return { undone, canUndo: type?.undoable === true && record.tables.length > 0 && !isWhole };
}

function show(request: RequestContext): RouteResult {
  const { portal, person, now } = request;
  const record = recordOf(request);
  portal.index.refresh();
  const { undone } = undoStateOf(portal, record);
  const outcomes = undoneOutcomes(record);
  const body = undoPage({
    id: record.id,
    title: titleOf(record.type, record.parameters),
    finishedAt: record.finishedAt,
    targets: outcomes.map(({ table, target, outcome, change, targetSnapshot }) => ({
      ...{ table, target, outcome },
      ...(change?.created && { created: true }),
      ...(targetSnapshot && { snapshot: targetSnapshot }),
    })),
    later: laterJobs(portal.index, record, outcomes, jobTypes),
    undone: undone.map(({ id }) => id),
    mayStart: isEnough(person.role, "operator"),
    ...(!portal.workerLives() && { waits: "No worker is running: the plan waits for one." }),
    now,
  });
  return { kind: "page", title: `Undo ${record.id}`, here: `/jobs?state=${record.status}`, body };
}

function plan(request: RequestContext): RouteResult {
  const { portal, form } = request;
  const { id } = recordOf(request);
  const [tables, alsoBuiltOn] = [form.getAll("tables"), form.getAll("alsoBuiltOn")];
  const parameters = {
    job: id,
    ...(tables.length > 0 && { tables }),
    ...(alsoBuiltOn.length > 0 && { alsoBuiltOn }),
  };
  const plan = portal.submit(request, { type: "plan-job", parameters: { job: { type: "undo-job", parameters } } });
  return { kind: "redirect", to: `/plans/${plan}` };
}

function recordOf({ portal, parameters }: RequestContext) {
  const record = archivedJob(portal.layout, parameters.id ?? "");
  if (!record) throw new HttpError(404, "The archive has no such job.", "What waits or runs is cancelled on its page.");
  const { canUndo, undone } = undoStateOf(portal, record);
  if (canUndo || undone.length > 0) return record;
  throw new HttpError(
    422,
    `A job of type ${record.type} can't be undone.`,
    "It made nothing that could be taken back.",
  );
}

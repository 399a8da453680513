import { inZone } from "../../../core/jobs/cron.ts";
import { isEnough } from "../../../core/people/roles.ts";
import type { RequestContext, Route, RouteResult } from "../../../engines/portal/page.ts";
import { type ScheduleLine, schedulePage, schedulesPage } from "../../../views/pages/schedules/schedules.ts";
import { deleteSchedule, pauseSchedule, runSchedule } from "../../actions/schedules.ts";
import { findSchedule, listSchedules, type ScheduleSummary } from "../../state/schedules.ts";
import { change, changeForm, create, newForm } from "./schedule-form.ts";

/** Jobs that come by themselves: when, what came of them, and what a person does about it. */
export function schedulesRoutes(): Route[] {
  const operator = { method: "post", role: "operator" } as const;
  return [
    { method: "get", path: "/schedules", role: "viewer", answer: list },
    { method: "get", path: "/new-schedule", role: "operator", answer: newForm },
    { method: "get", path: "/schedules/:name", role: "viewer", answer: show },
    { ...operator, path: "/schedules", answer: create },
    { ...operator, path: "/schedules/:name", answer: change },
    { ...operator, path: "/schedules/:name/pause", answer: request => pause(request, true) },
    { ...operator, path: "/schedules/:name/resume", answer: request => pause(request, false) },
    { ...operator, path: "/schedules/:name/run", answer: run },
    { ...operator, path: "/schedules/:name/delete", answer: remove },
  ];
}

function list({ portal, person, now }: RequestContext): RouteResult {
  const body = schedulesPage({
    schedules: listSchedules(portal, now).map(lineOf),
    mayAct: isEnough(person.role, "operator"),
    workerLives: portal.workerLives(),
    now,
  });
  return { kind: "page", title: "Schedules", body };
}

function show(request: RequestContext): RouteResult {
  const { portal, person, parameters, now } = request;
  const found = findSchedule(portal, parameters.name ?? "", now);
  const mayAct = isEnough(person.role, "operator");
  const body = schedulePage({
    line: lineOf(found),
    job: found.schedule ? JSON.stringify(found.schedule.job, null, 2) : "",
    mayAct,
    workerLives: portal.workerLives(),
    ...(mayAct && found.schedule && { form: changeForm(request, found) }),
    now,
  });
  return { kind: "page", title: found.name, body, here: "/schedules" };
}

function lineOf({ schedule, next, last, ...summary }: ScheduleSummary): ScheduleLine {
  const { name, title, words, by, problems, skipped } = summary;
  const { cron = "", timeZone = "UTC", paused = false, note } = schedule ?? {};
  const there = (iso: string) => ({ at: iso, there: inZone(Date.parse(iso), timeZone) });
  return {
    ...{ name, title, by, problems, cron, timeZone, paused },
    ...(words && { words }),
    ...(note && { note }),
    next: next.map(there),
    ...(last && { last: { ...last, ...(last.planned && { there: inZone(Date.parse(last.planned), timeZone) }) } }),
    ...(skipped && { skipped }),
  };
}

function pause(request: RequestContext, paused: boolean): RouteResult {
  const { name = "" } = request.parameters;
  pauseSchedule(request, name, paused);
  const notice = paused ? `${name} is paused.` : `${name} goes on with its next time.`;
  return { kind: "redirect", to: backTo(request), notice: notice };
}

function run(request: RequestContext): RouteResult {
  const { name = "" } = request.parameters;
  const id = runSchedule(request, name);
  const waits = request.portal.workerLives() ? "" : " No worker is running: it waits for one.";
  return { kind: "redirect", to: `/jobs/${id}`, notice: `${name} runs now.${waits}` };
}

function remove(request: RequestContext): RouteResult {
  const { name = "" } = request.parameters;
  deleteSchedule(request, name);
  return { kind: "redirect", to: "/schedules", notice: `${name} is deleted. Jobs that came of it go on.` };
}

// An action leads back to where it was done.
function backTo({ form, parameters: { name = "" } }: RequestContext): string {
  return form.get("back") === "list" ? "/schedules" : `/schedules/${encodeURIComponent(name)}`;
}

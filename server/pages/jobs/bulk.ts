import { HttpError, type RequestContext, type Route, type RouteResult } from "../../../engines/portal/page.ts";
import { titleOf } from "../../../engines/runner/about.ts";
import { html, type View } from "../../../views/html.ts";
import { button, linkButton } from "../../../views/parts/button.ts";
import { head } from "../../../views/parts/card.ts";
import { hidden } from "../../../views/parts/form.ts";
import { cancelJob, retryJob } from "../../actions/jobs.ts";
import { localAddress } from "../../http/names.ts";
import { findRequestedJob } from "../../state/find-job.ts";

const BULK_ACTIONS = {
  retry: {
    ask: "Run again",
    button: "Run again",
    words: "Each becomes a new job with what did not succeed.",
    look: "primary",
  },
  cancel: {
    ask: "Cancel",
    button: "Cancel",
    words: "What they do in Spark is interrupted; tables that are done by then stay.",
    look: "danger",
  },
} as const;

const MOST = 500;

/** What is done to several jobs at once: asked about first, with their count. */
export function bulkRoutes(): Route[] {
  return [
    { method: "post", path: "/jobs/bulk", role: "operator", answer: ask },
    {
      method: "post",
      path: "/jobs/bulk/retry",
      role: "operator",
      answer: request => act(request, (id: string) => retryJob(request, id, "failed")),
    },
    {
      method: "post",
      path: "/jobs/bulk/cancel",
      role: "operator",
      answer: request => act(request, (id: string) => cancelJob(request, id)),
    },
  ];
}

const JOBS = { pathname: "/jobs", search: "" };

function ask(request: RequestContext): RouteResult {
  const { form, portal } = request;
  const ids = selectedIds(form);
  const action = form.get("action") === "cancel" ? "cancel" : "retry";
  // A referer may be anything, and no address at all.
  const { pathname, search } = URL.parse(request.header("referer") ?? "/jobs", "http://portal") ?? JOBS;
  const back = localAddress(pathname + search);
  if (ids.length === 0) return { kind: "redirect", to: back, notice: "Nothing is selected. Select the jobs first." };
  const titles = ids.map(id => {
    const found = findRequestedJob(portal, id);
    const { type, parameters } = found.state === "ended" ? found.record : (found.file ?? {});
    return { id, title: titleOf(type, parameters), state: found.state === "ended" ? found.record.status : found.state };
  });
  return { kind: "page", title: "Confirm", here: "/jobs", body: question(action, titles, back) };
}

function question(
  action: keyof typeof BULK_ACTIONS,
  jobs: readonly { id: string; title: string; state: string }[],
  back: string,
): View {
  const { ask: verb, button: press, words, look } = BULK_ACTIONS[action];
  const count = jobs.length === 1 ? "1 job" : `${jobs.length} jobs`;
  return html`${head(`${verb} ${count}?`)}<p>${words}</p>
<ul>${jobs.map(({ id, title, state }) => html`<li><a href="/jobs/${id}">${title}</a> <span class="soft">${state}</span></li>`)}</ul>
<form method="post" action="/jobs/bulk/${action}" class="row">${jobs.map(({ id }) => hidden("id", id))}${hidden("back", back)}${button(`${press} ${count}`, { look })}${linkButton("Leave them", back)}</form>`;
}

// One that can't be done any more does not keep the others from it.
function act({ form }: RequestContext, action: (id: string) => unknown): RouteResult {
  const refused: string[] = [];
  let done = 0;
  for (const id of selectedIds(form)) {
    try {
      action(id);
      done += 1;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      refused.push(error.message);
    }
  }
  const notice = [`Done for ${done === 1 ? "1 job" : `${done} jobs`}.`, ...refused].join(" ");
  return { kind: "redirect", to: localAddress(form.get("back")), notice };
}

function selectedIds(form: URLSearchParams): string[] {
  return [...new Set(form.getAll("id"))].slice(0, MOST);
}

import { titleOf } from "../../engines/about.ts";
import { type Answer, Refusal, type Route, type Visit } from "../../engines/page.ts";
import { html, type View } from "../../views/html.ts";
import { button, linkButton } from "../../views/parts/button.ts";
import { hidden } from "../../views/parts/form.ts";
import { head } from "../../views/parts/sheet.ts";
import { cancelJob, retryJob } from "../deeds.ts";
import { findAsked } from "../find-job.ts";
import { localPath } from "../names.ts";

const DEEDS = {
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
export function tickedRoutes(): Route[] {
  return [
    { method: "post", path: "/jobs/ticked", role: "operator", answer: ask },
    {
      method: "post",
      path: "/jobs/ticked/retry",
      role: "operator",
      answer: visit => act(visit, (id: string) => retryJob(visit, id, false)),
    },
    {
      method: "post",
      path: "/jobs/ticked/cancel",
      role: "operator",
      answer: visit => act(visit, (id: string) => cancelJob(visit, id)),
    },
  ];
}

function ask(visit: Visit): Answer {
  const { form, portal } = visit;
  const ids = tickedIds(form);
  const deed = form.get("deed") === "cancel" ? "cancel" : "retry";
  const back = localPath(
    new URL(visit.header("referer") ?? "/jobs", "http://portal").pathname +
      new URL(visit.header("referer") ?? "/jobs", "http://portal").search,
  );
  if (ids.length === 0)
    return { kind: "redirect", to: back, notice: "Nothing was ticked: tick the jobs that are meant first." };
  const titles = ids.map(id => {
    const found = findAsked(portal, id);
    const { type, parameters } = found.state === "ended" ? found.record : (found.file ?? {});
    return { id, title: titleOf(type, parameters), state: found.state === "ended" ? found.record.status : found.state };
  });
  return { kind: "page", title: "Sure?", here: "/jobs", body: question(deed, titles, back) };
}

function question(
  deed: keyof typeof DEEDS,
  jobs: readonly { id: string; title: string; state: string }[],
  back: string,
): View {
  const { ask: verb, button: press, words, look } = DEEDS[deed];
  const count = jobs.length === 1 ? "1 job" : `${jobs.length} jobs`;
  return html`${head(`${verb} ${count}?`)}<p>${words}</p>
<ul>${jobs.map(({ id, title, state }) => html`<li><a href="/jobs/${id}">${title}</a> <span class="soft">${state}</span></li>`)}</ul>
<form method="post" action="/jobs/ticked/${deed}" class="row">${jobs.map(({ id }) => hidden("id", id))}${hidden("back", back)}${button(`${press} ${count}`, { look })}${linkButton("Leave them", back)}</form>`;
}

// One that can't be done any more does not keep the others from it.
function act({ form }: Visit, deed: (id: string) => unknown): Answer {
  const refused: string[] = [];
  let done = 0;
  for (const id of tickedIds(form)) {
    try {
      deed(id);
      done += 1;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused.push(error.message);
    }
  }
  const notice = [`Done for ${done === 1 ? "1 job" : `${done} jobs`}.`, ...refused].join(" ");
  return { kind: "redirect", to: localPath(form.get("back")), notice };
}

function tickedIds(form: URLSearchParams): string[] {
  return [...new Set(form.getAll("id"))].slice(0, MOST);
}

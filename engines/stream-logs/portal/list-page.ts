import { isEnough } from "../../../core/people/roles.ts";
import { listUploads } from "../../../formats/csv/uploads.ts";
import type { Choices } from "../../../views/pages/streams/stream-forms.ts";
import { streamsPage } from "../../../views/pages/streams/streams.ts";
import type { Portal, RequestContext, Route, RouteResult } from "../../portal/page.ts";
import { streamFormats } from "../formats.ts";
import { streamLogs } from "../parameters.ts";
import { replayLines } from "./replay-lines.ts";
import { streamLines } from "./stream-lines.ts";

/** The list of streams and replays, and the forms that start them. */
export const listRoute: Route = {
  method: "get",
  path: "/streams",
  role: "viewer",
  answer: request => streamsPageRoute(request),
};

/** The page of streams, where a form was refused with that form as it was filled in. */
export function streamsPageRoute(
  { portal, person, now }: RequestContext,
  refused: Pick<Choices, "stream" | "replay"> = {},
  status = 200,
): RouteResult {
  const streams = streamLines(portal, now);
  const replays = replayLines(portal);
  const topics = [...new Set([...streams, ...replays].map(({ topic }) => topic))].toSorted();
  const mayStart = isEnough(person.role, "operator");
  const body = streamsPage({
    ...{ streams, replays, mayStart, now },
    workerLives: portal.workerLives(),
    choices: {
      topics,
      files: mayStart ? filesOf(portal) : [],
      formats: streamFormats(portal.layout.root).map(name => [name, name] as const),
      ...DEFAULTS,
      ...refused,
    },
  });
  return { kind: "page", title: "Streams", body, here: "/streams", status };
}

const DEFAULTS = streamLogs.shape.parse({ topic: "any" }) as { format: string; trigger: number };

function filesOf({ layout }: Portal): string[] {
  return ["sample", ...listUploads(layout.root).map(({ name }) => name)];
}

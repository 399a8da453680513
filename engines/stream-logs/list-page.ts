import { listUploads } from "../../csv/uploads.ts";
import { isEnough } from "../../jobs/people.ts";
import { streamsPage } from "../../views/pages/streams.ts";
import type { Answer, Portal, Route, Visit } from "../page.ts";
import { streamFormats } from "./format.ts";
import { streamLogs } from "./parameters.ts";
import { replayLines } from "./replay-lines.ts";
import { streamLines } from "./stream-lines.ts";

/** The list of streams and replays, and the forms that start them. */
export const listRoute: Route = { method: "get", path: "/streams", role: "viewer", answer: list };

function list({ portal, person, now }: Visit): Answer {
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
      formats: streamFormats().map(name => [name, name] as const),
      ...DEFAULTS,
    },
  });
  return { kind: "page", title: "Streams", body, here: "/streams" };
}

const DEFAULTS = streamLogs.shape.parse({ topic: "any" }) as { format: string; trigger: number };

function filesOf({ layout }: Portal): string[] {
  return ["sample", ...listUploads(layout.root).map(({ name }) => name)];
}

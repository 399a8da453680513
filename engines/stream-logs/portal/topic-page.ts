import { isEnough } from "../../../core/people/roles.ts";
import { type StreamView, streamPage } from "../../../views/pages/streams/stream.ts";
import type { StreamLine } from "../../../views/pages/streams/streams.ts";
import { HttpError, type Portal, type RequestContext, type Route, type RouteResult } from "../../portal/page.ts";
import { jobErrorOf } from "../../runner/job-error.ts";
import { type Refreshed, refreshingCache } from "./refreshing-cache.ts";
import { daysIn, type SpanOfTime, spanIn, spansFor } from "./statistics/spans.ts";
import { type Stored, storedOf } from "./statistics/statistics.ts";
import { streamLines } from "./stream-lines.ts";

/** The dashboard of one stream. */
export const topicRoute: Route = { method: "get", path: "/streams/:topic", role: "viewer", answer: show };

const PATIENCE = 4_000;

async function show(request: RequestContext): Promise<RouteResult> {
  const { portal, query, path, person, now } = request;
  const { stream, others } = findStream(request);
  const span = spanIn(query);
  const stored = await cachedStored(portal, stream, span, PATIENCE);
  const mayAct = isEnough(person.role, "operator");
  const { figures, bad } = stored.value ?? {};
  const why = whyNot(stored, stream, span);
  const body = streamPage({
    ...{ stream, others, spans: spansFor(path, query, span), path, mayAct, now },
    between: daysIn(query),
    ...(figures && { figures }),
    ...(why && { why }),
    ...(bad && { bad: mayAct ? bad : { count: bad.count } }),
    here: `${path}?${query}`,
  });
  return { kind: "page", title: stream.topic, body, here: "/streams" };
}

/** The stream that an address means: by its topic, and by its table where the topic has several. */
export function findStream({ portal, parameters, query, now }: RequestContext): {
  stream: StreamLine;
  others: StreamView["others"];
} {
  const all = streamLines(portal, now).filter(({ topic }) => topic === parameters.topic);
  const table = query.get("table");
  const stream = table ? all.find(one => one.table === table) : all[0];
  if (stream) return { stream, others: all.filter(one => one !== stream) };
  throw new HttpError(
    404,
    `There is no stream of the topic ${(parameters.topic ?? "").slice(0, 120)}${table ? ` into ${table.slice(0, 200)}` : ""}.`,
    "The page of streams has all there are; an operator may start one there.",
  );
}

const caches = new WeakMap<Portal, ReturnType<typeof refreshingCache>>();

/** What is stored of a stream, from the cache. */
export function cachedStored(
  portal: Portal,
  { table }: Pick<StreamLine, "table">,
  span: SpanOfTime,
  patience: number,
): Promise<Refreshed<Stored>> {
  const ask = caches.get(portal) ?? refreshingCache();
  caches.set(portal, ask);
  const [catalog = "", namespace = "", ...rest] = table.split(".");
  const name = { catalog, namespace, table: rest.join(".") };
  return ask(JSON.stringify([table, span]), patience, () => storedOf(portal, name, span));
}

function whyNot({ value, error, isPending }: Refreshed<Stored>, { table, lines = "0" }: StreamLine, span: SpanOfTime) {
  if (error !== undefined) {
    const { message, hint = "" } = jobErrorOf(error);
    return `${value ? "These figures get older: " : ""}${message} ${hint}`.trim();
  }
  if (isPending && !(value?.figures || (value && lines === "0")))
    return `The figures of ${table} are being counted. This page asks again by itself.`;
  if (value && !value.figures && !span.isAll) return "No request lies in this span of time. Choose a longer one.";
  return undefined;
}

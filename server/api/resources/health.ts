import { z } from "zod";
import { readSetUp, setUpPartShape } from "../../../core/set-up.ts";
import { isHeartbeatFresh, outageShape, readHeartbeat } from "../../../core/store/heartbeat.ts";
import { healthState } from "../../state/health.ts";
import { type ApiRoute, apiRoute } from "../route.ts";
import { instant } from "../shapes.ts";

const shape = z
  .strictObject({
    worker: z.strictObject({
      alive: z.boolean(),
      since: instant.optional().describe("When it started."),
      seen: instant.optional().describe("Its last sign of life."),
    }),
    services: z.array(
      z.strictObject({
        name: z.string(),
        title: z.string(),
        healthy: z.boolean(),
        since: instant.optional().describe("Since when it is so."),
        milliseconds: z.number().describe("How long its last answer took."),
        version: z.string().optional(),
        error: z.string().optional(),
      }),
    ),
    setUp: z.array(setUpPartShape).describe("What is installed and started, as long as not all of it is there."),
    outages: z
      .array(outageShape.extend({ service: z.string(), title: z.string() }))
      .describe("When something was unhealthy, the newest first: the last fifty of each service, and of the worker."),
  })
  .meta({ id: "Health" });

/** How the services are, and when they were unhealthy. */
export const healthRoute: ApiRoute = apiRoute({
  ...{
    method: "get",
    path: "/api/health",
    role: "viewer",
    summary: "The health of worker and services, and its history",
  },
  answers: { description: "As the worker sees it.", shape },
  answer({ portal: { layout, settings } }) {
    const beat = readHeartbeat(layout);
    const alive = beat?.stopping !== true && isHeartbeatFresh(beat);
    const { services, outages } = healthState(layout, { workerLives: alive, ...(beat && { heartbeat: beat }) });
    const value: z.infer<typeof shape> = {
      worker: { alive, ...(beat && { since: beat.since, seen: beat.at }) },
      services: services.map(({ ok, ms, ...service }) => ({ ...service, healthy: ok, milliseconds: ms })),
      setUp: readSetUp(settings),
      outages,
    };
    return { kind: "json", value };
  },
});

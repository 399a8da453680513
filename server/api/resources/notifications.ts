import { z } from "zod";
import { notificationsShape, notificationsText, parseNotifications } from "../../../core/notifications/rules.ts";
import { toJson } from "../../../core/system/json.ts";
import { HttpError } from "../../../engines/portal/page.ts";
import { saveNotifications, testReceiver } from "../../actions/notifications.ts";
import { type ApiRoute, apiRoute, jsonBody } from "../route.ts";
import { instant } from "../shapes.ts";

const delivery = z
  .strictObject({
    id: z.string().describe("The same at every attempt; a webhook gets it as Idempotency-Key."),
    receiver: z.string(),
    event: z.string(),
    title: z.string(),
    made: instant,
    attempts: z.int().min(0),
    state: z.enum(["waiting", "sent", "given up"]),
    error: z.string().optional(),
    ended: instant.optional(),
  })
  .meta({ id: "Notification" });

const path = "/api/notifications";
const LIMIT = 200;

/** Who is told of what, and what became of each message. */
export const notificationRoutes: readonly ApiRoute[] = [
  apiRoute({
    ...{ method: "get", path, role: "viewer", summary: "The rules and receivers of notifications" },
    answers: { description: "What notifications.json holds.", shape: notificationsShape },
    answer({ portal }) {
      const checked = parseNotifications(notificationsText(portal.layout));
      if (checked.ok) return { kind: "json", value: checked.rules };
      throw new HttpError(
        409,
        "notifications.json is wrong: nobody is told anything.",
        "Write it anew.",
        checked.problems,
      );
    },
  }),
  apiRoute({
    ...{ method: "put", path, role: "administrator", summary: "Write the rules and receivers of notifications anew" },
    body: jsonBody(notificationsShape),
    answers: { description: "They hold for what happens from now on.", shape: notificationsShape },
    answer(request, { body }) {
      const checked = saveNotifications({ ...request, via: "api" }, toJson(body));
      if (checked.ok) return { kind: "json", value: checked.rules };
      throw new HttpError(422, "These are no good rules.", undefined, checked.problems);
    },
  }),
  apiRoute({
    ...{ method: "get", path: `${path}/messages`, role: "viewer", summary: "What became of the last messages" },
    answers: { description: "The newest first.", shape: z.strictObject({ messages: z.array(delivery) }) },
    answer({ portal }) {
      const messages = portal.outbox.latest(LIMIT).map(({ body: _, ...message }) => message);
      return { kind: "json", value: { messages } };
    },
  }),
  apiRoute({
    ...{
      method: "post",
      path: `${path}/:receiver/test`,
      role: "administrator",
      summary: "Send a receiver a test message",
    },
    answers: { status: 202, description: "It is in the outbox.", shape: z.strictObject({ id: z.string() }) },
    answer(request) {
      const id = testReceiver({ ...request, via: "api" }, request.parameters.receiver ?? "");
      return { kind: "json", status: 202, value: { id } };
    },
  }),
];

import { linkButton } from "../../../views/parts/button.ts";
import type { TypePages } from "../../portal/page.ts";
import { actionRoutes } from "./action-routes.ts";
import { listRoute } from "./list-page.ts";
import { topicRoute } from "./topic-page.ts";

/** Streams: the list, the dashboard of each, and what starts and ends them. */
const page: TypePages = {
  type: "stream-logs",
  navigation: { name: "Streams", href: "/streams" },
  start: {
    title: "Follow a Kafka topic",
    words: "Log lines of services, from Kafka into a table, live",
    href: "/streams",
  },
  routes: [listRoute, topicRoute, ...actionRoutes],
  next: ({ parameters }) => linkButton("Its dashboard", `/streams/${encodeURIComponent(String(parameters.topic))}`),
};

export default page;

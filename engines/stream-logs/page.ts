import { linkButton } from "../../views/parts/button.ts";
import type { JobPage } from "../page.ts";
import { deedRoutes } from "./deeds-page.ts";
import { listRoute } from "./list-page.ts";
import { topicRoute } from "./topic-page.ts";

/** Streams: the list, the dashboard of each, and what starts and ends them. */
const page: JobPage = {
  type: "stream-logs",
  place: { name: "Streams", href: "/streams" },
  start: { title: "Follow a topic", words: "Log lines of services, from Kafka into a table, live", href: "/streams" },
  routes: [listRoute, topicRoute, ...deedRoutes],
  next: ({ parameters }) => linkButton("Its dashboard", `/streams/${encodeURIComponent(String(parameters.topic))}`),
};

export default page;

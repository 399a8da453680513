import { linkButton } from "../../views/parts/button.ts";
import type { JobPage } from "../page.ts";
import { arrivalRoutes } from "./arrivals.ts";
import { fileRoutes } from "./file-page.ts";
import { filesRoutes } from "./files-page.ts";
import { type LoadCsv, tableOf } from "./parameters.ts";

/** Files: how they come in, what they hold, and the load. */
const page: JobPage = {
  type: "load-csv",
  place: { name: "Files", href: "/files" },
  start: { title: "Load a file", words: "A large CSV into a table of the lake, by its key", href: "/files" },
  routes: [...arrivalRoutes, ...filesRoutes, ...fileRoutes],
  next: ({ parameters }) => {
    const { catalog, namespace, table } = tableOf(parameters as LoadCsv);
    return linkButton("See the table", `/tables/${catalog}/${namespace}/${table}`);
  },
};

export default page;

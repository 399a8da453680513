import { linkButton } from "../../../views/parts/button.ts";
import type { TypePages } from "../../portal/page.ts";
import { arrivalRoutes } from "../arrivals.ts";
import { type LoadCsv, loadTarget } from "../parameters.ts";
import { filePages } from "./file-page.ts";
import { filesRoutes } from "./files-page.ts";

/** Files: how they come in, what they hold, and the load. */
const page: TypePages = {
  type: "load-csv",
  navigation: { name: "Files", href: "/files" },
  start: { title: "Load a file", words: "A large CSV into a table of the lake, by its key", href: "/files" },
  routes: [...arrivalRoutes, ...filesRoutes, ...filePages],
  next: ({ parameters }) => {
    const { catalog, namespace, table } = loadTarget(parameters as LoadCsv);
    return linkButton("See the table", `/tables/${catalog}/${namespace}/${table}`);
  },
};

export default page;

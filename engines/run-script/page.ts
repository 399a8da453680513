import type { JobPage } from "../page.ts";

/** The page of scripts. */
const page: JobPage = { type: "run-script", routes: [] };

export default page;

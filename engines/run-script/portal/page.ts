import { linkButton } from "../../../views/parts/button.ts";
import type { TypePages } from "../../portal/page.ts";
import { scriptsPageRoute, uploadRole } from "./list-page.ts";
import { scriptPageRoute } from "./show.ts";
import { startScript } from "./start.ts";
import { upload } from "./upload.ts";

/** The page of scripts: the list, one script to read, the start, and the way to bring one. */
const page: TypePages = {
  type: "run-script",
  navigation: { name: "Scripts", href: "/scripts" },
  start: { title: "Run scripts", words: "Spark scripts from a folder in HDFS", href: "/scripts" },
  routes: [
    { method: "get", path: "/scripts", role: "viewer", answer: request => scriptsPageRoute(request) },
    { method: "get", path: "/scripts/view", role: "viewer", answer: scriptPageRoute },
    { method: "post", path: "/scripts/run", role: "operator", answer: startScript },
    { method: "post", path: "/scripts/upload", role: "administrator", roleFor: uploadRole, answer: upload },
  ],
  next: () => linkButton("All scripts", "/scripts"),
};

export default page;

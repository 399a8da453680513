import { matchesGlob } from "node:path";
import type { Arrivals } from "../engine.ts";
import { readAnalysesConfig } from "./config.ts";
import { analyzeLogs } from "./parameters.ts";

/** The folders of `watch` in `analyses.json`: what arrives there together becomes one analysis. */
const arrivals: Arrivals = {
  type: analyzeLogs.type,
  folders: settings =>
    readAnalysesConfig(settings).watch.map(({ folder, files: wanted, ...parameters }) => ({
      folder,
      isWanted: name => matchesGlob(name, wanted),
      jobFor: files => ({ type: analyzeLogs.type, parameters: { ...parameters, files: [...files] } }),
    })),
};

export default arrivals;

import { wildcard } from "../../core/system/wildcard.ts";
import type { Arrivals } from "../engine.ts";
import { readAnalysesConfig } from "./config.ts";
import { analyzeLogs } from "./parameters.ts";

/** The folders of `watch` in analyses.json: what arrives there together becomes one analysis. */
const arrivals: Arrivals = {
  type: analyzeLogs.type,
  folders: settings =>
    readAnalysesConfig(settings).watch.map(({ folder, files, ...parameters }) => {
      const like = wildcard(files);
      return {
        folder,
        isWanted: name => !name.startsWith(".") && like(name),
        jobFor: paths => ({ type: analyzeLogs.type, parameters: { files: [...paths], ...parameters } }),
      };
    }),
};

export default arrivals;

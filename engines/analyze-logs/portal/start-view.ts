import { existsSync } from "node:fs";
import { isRemote } from "../../../connectors/iceberg/remote-places.ts";
import { listUploads } from "../../../formats/csv/uploads.ts";
import { NAMES } from "../../../formats/logs/list.ts";
import type { StartView } from "../../../views/pages/analyses/analysis-start.ts";
import { limitOf } from "../../portal/arriving.ts";
import type { Portal } from "../../portal/page.ts";
import { readAnalysesConfig } from "../config.ts";

const UPLOADS_SHOWN = 12;

/** What the form of a start offers. */
export function startView(portal: Portal): StartView {
  const { thresholds, folders, patterns } = readAnalysesConfig(portal.settings);
  return {
    limit: limitOf(portal),
    formats: ["auto", ...NAMES, ...patterns.map(({ name }) => name)],
    zones: Intl.supportedValuesOf("timeZone"),
    uploads: listUploads(portal.layout.root)
      .slice(0, UPLOADS_SHOWN)
      .map(({ name }) => name),
    folders: folders.filter(folder => isRemote(folder) || existsSync(folder)),
    thresholds,
  };
}

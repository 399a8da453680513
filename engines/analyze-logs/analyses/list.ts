import type { Analysis } from "./analysis.ts";
import { errorTrends } from "./error-trends.ts";
import { errorsByDay } from "./errors-by-day.ts";
import { errorsByHour } from "./errors-by-hour.ts";
import { errorsBySeverity } from "./errors-by-severity.ts";
import { errorsByType } from "./errors-by-type.ts";
import { errorsPerIp } from "./errors-per-ip.ts";
import { errorsPerService } from "./errors-per-service.ts";
import { firstAndLastSeen } from "./first-and-last-seen.ts";
import { heat } from "./heat.ts";
import { linesByType } from "./lines-by-type.ts";
import { linesOverTime } from "./lines-over-time.ts";
import { linesPerEndpoint } from "./lines-per-endpoint.ts";
import { linesPerHost } from "./lines-per-host.ts";
import { linesPerStatus } from "./lines-per-status.ts";
import { topErrors } from "./top-errors.ts";
import { totals } from "./totals.ts";

/** Every analysis there is, in the order in which a person sees them. A new one is one file, and its line here. */
export const analyses: readonly Analysis[] = [
  totals,
  linesOverTime,
  errorsByType,
  topErrors,
  errorsPerIp,
  errorsPerService,
  errorTrends,
  firstAndLastSeen,
  errorsBySeverity,
  errorsByHour,
  errorsByDay,
  heat,
  linesByType,
  linesPerEndpoint,
  linesPerHost,
  linesPerStatus,
];

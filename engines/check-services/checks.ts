import type { Settings } from "../../settings.ts";
import type { Session } from "../../spark/session.ts";
import { azureCheck } from "./azure.ts";
import type { Check } from "./check.ts";
import { hdfsChecks } from "./hdfs.ts";
import { kafkaChecks } from "./kafka.ts";
import { machineChecks } from "./machine.ts";
import { snowflakeCheck } from "./snowflake.ts";
import { sparkChecks } from "./spark.ts";

/** Everything that jobs need, one by one. `open` opens the Spark session that the looks at Spark share. */
export function serviceChecks(settings: Settings, open: () => Promise<Session>): Check[] {
  return [
    ...machineChecks(settings),
    ...sparkChecks(settings, open),
    azureCheck(settings),
    snowflakeCheck(settings),
    ...hdfsChecks(settings),
    ...kafkaChecks(settings),
  ];
}

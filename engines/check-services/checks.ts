import type { Session } from "../../connectors/spark/session.ts";
import type { Settings } from "../../core/settings.ts";
import { azureCheck } from "./azure.ts";
import { hdfsChecks } from "./hdfs.ts";
import { hiveChecks } from "./hive.ts";
import { kafkaChecks } from "./kafka.ts";
import { kerberosChecks } from "./kerberos.ts";
import { machineChecks } from "./machine.ts";
import type { Check } from "./service-check.ts";
import { snowflakeCheck } from "./snowflake.ts";
import { sparkChecks } from "./spark.ts";

/** Everything that jobs need, one by one. `open` opens the Spark session that the looks at Spark share. */
export function serviceChecks(settings: Settings, open: () => Promise<Session>): Check[] {
  return [
    ...machineChecks(settings),
    ...kerberosChecks(settings),
    ...sparkChecks(settings, open),
    azureCheck(settings),
    snowflakeCheck(settings),
    ...hiveChecks(settings),
    ...hdfsChecks(settings),
    ...kafkaChecks(settings),
  ];
}

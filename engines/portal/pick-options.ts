import type { FollowUp } from "../../core/jobs/envelope.ts";

/** What may happen to a table that is there already, as people read it. */
export const EXISTING = [
  ["replace-own", "Replace what this portal made"],
  ["replace", "Replace whatever is there"],
  ["skip", "Leave it, and skip"],
  ["fail", "Leave it, and fail"],
] as const;

/** What follows, by the boxes that were ticked. Snowflake reads what lies on Azure, so it brings that step along. */
export function followUps(options: Readonly<Record<string, string>>): { then?: FollowUp[] } {
  const { azure, snowflake } = options;
  const then = [
    ...(azure === "on" || snowflake === "on" ? [{ type: "migrate-iceberg" }] : []),
    ...(snowflake === "on" ? [registerOption(options)] : []),
  ];
  return then.length > 0 ? { then } : {};
}

/** The registration on Snowflake, in the database and schema that were named. */
export function registerOption({ snowflakeDatabase, snowflakeSchema }: Readonly<Record<string, string>>): FollowUp {
  const parameters = {
    ...(snowflakeDatabase && { database: snowflakeDatabase }),
    ...(snowflakeSchema && { schema: snowflakeSchema }),
  };
  return { type: "register-snowflake", ...(Object.keys(parameters).length > 0 && { parameters }) };
}

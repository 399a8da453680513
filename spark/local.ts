import type { Plan } from "./messages.ts";
import { relation, sqlRelation } from "./plan.ts";

/** The plan of a command that reads rows of this process by an alias; `data` is an Arrow IPC stream. */
export function localCommand(sql: string, alias: string, data: Uint8Array): Plan {
  const input = relation({ local_relation: { data } });
  const references = [relation({ subquery_alias: { input, alias } })];
  const root = sqlRelation(sql);
  return { command: { sql_command: { input: relation({ with_relations: { root, references } }) } } };
}

import { tableNameOf } from "../../connectors/iceberg/names.ts";
import type { PlanContext } from "../engine.ts";
import type { Look, LookTogether } from "./facts.ts";
import { icebergFacts } from "./iceberg-facts.ts";
import { metastoreFacts } from "./metastore-facts.ts";
import type { CheckDrift } from "./parameters.ts";
import type { DriftSubject } from "./scope.ts";
import { openLooks } from "./snowflake-facts.ts";

/** Looks for each table by its place, and closes what it opened. */
export interface Looks {
  of(subject: DriftSubject): Promise<Look>;
  close(): Promise<void>;
}

// So many tables are asked about together: enough to fill a connection, few enough that a job shows its progress.
const TOGETHER = 100;

/** Groups tables by their namespaces, and looks at a group when the first of it is asked for. */
export function groupLooks(subjects: readonly DriftSubject[], context: PlanContext<CheckDrift>): Looks {
  const snowflake = openLooks(context);
  const lookOf = (catalog: string): LookTogether => {
    if (catalog === "snowflake") return snowflake.look;
    return catalog === "hive" ? metastoreFacts(context) : icebergFacts(context, catalog);
  };
  const groups = new Map<string, () => Promise<ReadonlyMap<string, Look>>>();
  const byNamespace = Map.groupBy(subjects, ({ at }) => JSON.stringify([at.catalog, at.namespace]));
  for (const all of byNamespace.values()) {
    const look = lookOf(all[0]?.at.catalog ?? "");
    for (let from = 0; from < all.length; from += TOGETHER) {
      const group = all.slice(from, from + TOGETHER);
      let answer: Promise<ReadonlyMap<string, Look>> | undefined;
      const once = () => {
        answer ??= look(group);
        return answer;
      };
      for (const { name } of group) groups.set(name, once);
    }
  }
  return {
    async of({ name, at }) {
      const found = (await groups.get(name)?.())?.get(name);
      return found ?? new Error(`Nothing was found out about ${tableNameOf(at)}.`);
    },
    close: snowflake.close,
  };
}

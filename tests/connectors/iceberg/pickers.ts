import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Metadata,
  type MetadataOptions,
  openMetadata,
  type TableDetail,
} from "../../../connectors/catalog-browser/open.ts";
import type { Settings } from "../../../core/settings.ts";
import { settings } from "../../engines/lake.ts";

/** What a portal asks with, closed with the test. It has the patience of a test, not of a page. */
export function pickers(
  t: Pick<TestContext, "after">,
  options: MetadataOptions = { within: 60_000 },
  own: Settings = settings,
): Metadata {
  const metadata = openMetadata(own, options);
  t.after(() => metadata.close());
  return metadata;
}

/** Looks again until nothing is pending, as a page does; by name. */
export async function wholeDetails(
  metadata: Metadata,
  catalog: string,
  namespace: string,
  names: readonly string[],
): Promise<Record<string, TableDetail>> {
  const known = await until(
    () => metadata.details(catalog, namespace, names),
    all => all.every(one => !one.pending),
  );
  return Object.fromEntries(known.map(one => [one.name, one]));
}

/** What is known of one table; fails where nothing is. */
export function detailOf<T extends NonNullable<TableDetail["detail"]>>(
  known: Record<string, TableDetail>,
  name: string,
): T {
  const detail = known[name]?.detail;
  if (detail) return detail as T;
  throw new Error(`nothing is known of ${name}: ${JSON.stringify(known[name])}`);
}

/** Asks again until the answer is as wished; the test's own time limit ends it. */
export async function until<T>(ask: () => T | Promise<T>, wished: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (wished(answer)) return answer;
    await sleep(25);
  }
}

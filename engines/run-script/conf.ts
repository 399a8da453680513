import { nearest } from "../../core/jobs/parse/problem.ts";

// What decides how much one run may have, and how its own Spark works. Nothing of the cluster, no class to load, no secret.
const ALLOWED: readonly RegExp[] = [
  /^spark\.executor\.(memory|memoryOverhead|memoryOverheadFactor|cores|instances|pyspark\.memory)$/,
  /^spark\.driver\.(memory|memoryOverhead|cores|maxResultSize)$/,
  /^spark\.dynamicAllocation\.[A-Za-z.]+$/,
  /^spark\.task\.(cpus|maxFailures)$/,
  /^spark\.memory\.(fraction|storageFraction)$/,
  /^spark\.default\.parallelism$/,
  /^spark\.speculation$/,
  /^spark\.network\.timeout$/,
  /^spark\.log\.level$/,
  /^spark\.yarn\.queue$/,
  /^spark\.sql\.(?!catalog\.|extensions|warehouse|hive\.metastore|redaction)[A-Za-z0-9._-]+$/,
];
const SECRET = /key|secret|passw|token|credential/i;

/** What `conf` may hold, as a person reads it. */
export const ALLOWED_WORDS =
  "spark.executor.memory, .cores, .instances; spark.driver.memory, .cores, .maxResultSize; spark.dynamicAllocation.*; spark.sql.* (no catalogs); spark.task.cpus; spark.default.parallelism; spark.yarn.queue; spark.log.level";

const WELL_KNOWN = [
  ...["spark.executor.memory", "spark.executor.cores", "spark.executor.instances", "spark.driver.memory"],
  ...["spark.sql.shuffle.partitions", "spark.default.parallelism", "spark.yarn.queue", "spark.log.level"],
];

/** Why a key is not for a job to set; undefined where it is. */
export function confRefusal(key: string): string | undefined {
  if (ALLOWED.some(pattern => pattern.test(key)) && !SECRET.test(key)) return undefined;
  const near = WELL_KNOWN.find(known => known === nearest(key, WELL_KNOWN));
  const meant = near ? `; did you mean "${near}"?` : `; allowed are ${ALLOWED_WORDS}`;
  return `"${key.slice(0, 200)}" is not for a job to set${meant}`;
}

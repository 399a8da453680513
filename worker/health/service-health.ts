import { connect } from "node:net";
import { askServer } from "../../connectors/spark/ask.ts";
import { sparkServer } from "../../connectors/spark/tls/server.ts";
import { readEndpoints } from "../../core/endpoints.ts";
import type { Settings } from "../../core/settings.ts";
import type { Health } from "../../core/store/heartbeat.ts";

// A beat comes every two seconds; the services are asked less often.
const EVERY = 10_000;
const PATIENCE = 3_000;
// A session each time, and a cluster that is busy takes longer than a connection.
const SPARK_EVERY = 30_000;
const SPARK_PATIENCE = 10_000;

/** How the services answer that jobs need: those of the settings, else those of the laptop stack. `npm run doctor` asks deeper. */
export function serviceHealth(settings: Settings): () => Promise<Record<string, Health>> {
  let last: Record<string, Health> = {};
  let checkedAt = Number.NEGATIVE_INFINITY;
  const askSpark = sparkHealth(settings);
  return async () => {
    if (Date.now() - checkedAt < EVERY) return last;
    checkedAt = Date.now();
    const known = Object.entries(addresses(settings));
    const answers = await Promise.all(
      known.map(async ([name, { url, version }]) => {
        // Of two NameNodes one may be away.
        const asked = (name === "hdfs" ? url.split(",") : [url]).map(one => ask(one.trim(), version));
        const answers = await Promise.all(asked);
        const health = answers.find(({ ok }) => ok) ?? answers[0]!;
        return [name, name === "spark" && health.ok ? await askSpark(url) : health] as const;
      }),
    );
    last = Object.fromEntries(answers);
    return last;
  };
}

function addresses(settings: Settings): Record<string, { url: string; version?: string }> {
  const { spark, metastore, azure, snowflake, hdfs } = readEndpoints(settings);
  const configured = {
    spark: settings.SPARK_REMOTE ? { url: settings.SPARK_REMOTE } : spark,
    metastore: settings.HIVE_METASTORE_URI ? { url: settings.HIVE_METASTORE_URI } : metastore,
    azure: settings.AZURE_ACCOUNT
      ? { url: settings.AZURE_ENDPOINT ?? `https://${settings.AZURE_ACCOUNT}.blob.core.windows.net` }
      : azure,
    snowflake: settings.SNOWFLAKE_ACCOUNT
      ? { url: `https://${settings.SNOWFLAKE_ACCOUNT}.snowflakecomputing.com` }
      : snowflake,
    hdfs: !/\bhdfs:/.test(settings.SCRIPTS_DIR)
      ? undefined
      : settings.WEBHDFS_URL
        ? { url: settings.WEBHDFS_URL }
        : hdfs,
  };
  return Object.fromEntries(Object.entries(configured).filter(([, service]) => service !== undefined)) as never;
}

// A server whose application was killed takes connections, and fails whatever it is asked.
function sparkHealth(settings: Settings): (url: string) => Promise<Health> {
  let last: { url: string; at: number; health: Health } | undefined;
  return async url => {
    if (last?.url === url && last.health.ok && Date.now() - last.at < SPARK_EVERY) return last.health;
    const began = performance.now();
    const ms = () => Math.round(performance.now() - began);
    const asked = async () => askServer(sparkServer(settings), SPARK_PATIENCE);
    const health: Health = await asked().then(
      version => ({ ok: true, ms: ms(), ...(version && { version }) }),
      (error: Error) => ({ ok: false, ms: ms(), error: error.message }),
    );
    last = { url, at: Date.now(), health };
    return health;
  };
}

function ask(url: string, version: string | undefined): Promise<Health> {
  const began = performance.now();
  const { hostname, port, protocol } = new URL(url.replace(/^(sc|thrift):/, "http:").split(";")[0] ?? "");
  const timed = () => ({ ms: Math.round(performance.now() - began), ...(version && { version }) });
  return new Promise(resolve => {
    const fallback = url.startsWith("sc:")
      ? 15002
      : url.startsWith("thrift:")
        ? 9083
        : protocol === "https:"
          ? 443
          : 80;
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port) || fallback,
      timeout: PATIENCE,
    });
    const end = (health: Health) => {
      socket.destroy();
      resolve(health);
    };
    socket.once("connect", () => end({ ok: true, ...timed() }));
    socket.once("timeout", () => end({ ok: false, ...timed(), error: "does not answer" }));
    socket.once("error", error => end({ ok: false, ...timed(), error: error.message || "refuses the connection" }));
  });
}

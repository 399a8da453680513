import { connect } from "node:net";
import { attachCatalogs, filledCatalog, readCatalogs, secretPlaceholders } from "../../connectors/iceberg/catalogs.ts";
import { quote, sparkCatalog } from "../../connectors/iceberg/names.ts";
import { refuseUnredacted } from "../../connectors/iceberg/redaction.ts";
import { ServerLost, TlsRefused } from "../../connectors/spark/errors.ts";
import { parseRemote, type Remote } from "../../connectors/spark/remote.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { readEndpoints, sparkRemote } from "../../core/endpoints.ts";
import type { Settings } from "../../core/settings.ts";
import { explainUnopened, metastoreVersion, refuseOldClient, refuseOldIceberg } from "./metastore.ts";
import { type Check, Fault, NothingThere } from "./service-check.ts";

/** Looks at Spark and at what is reached through it. Where Spark does not answer, the rest can't be looked at. */
export function sparkChecks(settings: Settings, open: () => Promise<Session>): Check[] {
  let opened: Promise<Session> | undefined;
  const spark = () => {
    opened ??= reach(settings, open);
    return opened;
  };
  const through = (name: string, run: (session: Session, signal: AbortSignal) => Promise<string[]>): Check => ({
    name,
    run: async signal => run(await spark().catch(unavailable), signal),
  });
  return [
    { name: "spark", run: async () => versionOf(await spark(), parseRemote(sparkRemote(settings))) },
    through("redaction", redaction),
    through("metastore", async (session, signal) => await metastore(settings, session, signal)),
    ...catalogChecks(settings, through),
  ];
}

async function reach(settings: Settings, open: () => Promise<Session>): Promise<Session> {
  const { host, port } = parseRemote(sparkRemote(settings));
  const hint = settings.SPARK_REMOTE
    ? "Start Spark Connect there, or correct SPARK_REMOTE in .env."
    : "Start it with `npm run laptop`, or write SPARK_REMOTE=sc://host:15002 into .env.";
  // A session waits for a server that is starting; one that refuses is told at once.
  if (!(await refuses(host, port)))
    return await open().catch(error => {
      if (error instanceof TlsRefused) throw new Fault(error.what, error.hint);
      throw error instanceof ServerLost ? new Fault(error.message, hint) : error;
    });
  throw new Fault(`No Spark Connect server answered at ${host}:${port}: the connection is refused.`, hint);
}

async function refuses(host: string, port: number): Promise<boolean> {
  return (await connects(host, port)) === "refused";
}

function connects(host: string, port: number): Promise<"connected" | "refused" | "silent"> {
  return new Promise(resolve => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ""), port, timeout: 3_000 });
    const end = (how: "connected" | "refused" | "silent") => {
      socket.destroy();
      resolve(how);
    };
    socket.once("connect", () => end("connected"));
    socket.once("timeout", () => end("silent"));
    socket.once("error", error => end((error as NodeJS.ErrnoException).code === "ECONNREFUSED" ? "refused" : "silent"));
  });
}

function unavailable(): never {
  throw new NothingThere("Spark could not be reached, so this was not looked at.");
}

async function versionOf(session: Session, { host, port, tls }: Remote): Promise<string[]> {
  const version = await session.version();
  const lacks = version.startsWith("4.0.") ? ["copies no histories: Iceberg has no 1.12 for 4.0"] : [];
  return [`Spark ${version} at ${host}:${port}${tls ? " with TLS" : ""}`, ...lacks];
}

async function redaction(session: Session): Promise<string[]> {
  const keys = Object.keys(secretPlaceholders());
  if (keys.length === 0) return ["no catalog needs a secret"];
  await refuseUnredacted(session, keys);
  return ["the server keeps secrets out of its UI and logs"];
}

async function metastore(settings: Settings, session: Session, signal: AbortSignal): Promise<string[]> {
  const own = settings.SPARK_REMOTE ? undefined : readEndpoints(settings).metastore?.url;
  const where = settings.HIVE_METASTORE_URI ?? own;
  const version = await metastoreVersion(settings, where);
  if (version) await refuseOldClient(session, version);
  const found = await namespaces(session, "hive", signal).catch(async error => {
    throw explainUnopened(error, await isThere(where));
  });
  const databases = counted(found, "database");
  return [
    ...(version ? [`Hive ${version}`] : []),
    databases,
    ...(where ? [`at ${where.replaceAll("thrift://", "")}`] : []),
  ];
}

async function isThere(uris: string | undefined): Promise<boolean> {
  if (!uris) return false;
  const { hostname, port } = new URL(uris.split(",")[0] ?? "");
  return (await connects(hostname, Number(port || 9083))) === "connected";
}

function catalogChecks(
  settings: Settings,
  through: (name: string, run: (session: Session, signal: AbortSignal) => Promise<string[]>) => Check,
): Check[] {
  let names: string[] = [];
  let wrong: unknown;
  try {
    names = Object.keys(readCatalogs());
  } catch (error) {
    wrong = error;
  }
  const file: Check = {
    name: "catalogs.json",
    run: () => {
      if (wrong) throw wrong;
      return [names.join(", ")];
    },
  };
  const found = names.map(name =>
    through(`catalog ${name}`, async (session, signal) => {
      await refuseOldIceberg(settings, filledCatalog(name, settings));
      await attachCatalogs(session, settings, [name]);
      return [counted(await namespaces(session, name, signal), "namespace")];
    }),
  );
  return [file, ...found];
}

async function namespaces(session: Session, catalog: string, signal: AbortSignal): Promise<number> {
  return (await session.command(`show namespaces in ${quote(sparkCatalog(catalog))}`, { signal })).length;
}

function counted(number: number, what: string): string {
  return `${number} ${number === 1 ? what : `${what}s`}`;
}

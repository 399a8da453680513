import { sentence } from "../../engines/sentence.ts";
import { sparkRemote } from "../../services.ts";
import type { Settings } from "../../settings.ts";
import { parseRemote } from "../../spark/remote.ts";
import { openSession, type Session } from "../../spark/session.ts";
import { attachCatalogs, readCatalogs, refuseUnredacted } from "../../tables/catalogs.ts";
import { quote, sparkCatalog } from "../../tables/names.ts";
import { type Check, check } from "./check.ts";

const ANSWERS_WITHIN = 60_000;

/** Looks at Spark and at what is reached through it. Where Spark does not answer, the rest can't be looked at. */
export async function sparkChecks(settings: Settings): Promise<Check[]> {
  let session: Session | undefined;
  const spark = await check(
    "spark",
    async () => {
      const remote = parseRemote(sparkRemote(settings));
      session = await openSession(remote, { readyMilliseconds: 10_000 });
      return `${await session.version()} at ${remote.host}:${remote.port}`;
    },
    told,
  );
  if (!session) return [spark];
  try {
    return [spark, await redaction(session), await metastore(session), ...(await catalogs(session, settings))];
  } finally {
    await session.release().catch(() => undefined);
    session.close();
  }
}

function redaction(session: Session): Promise<Check> {
  const look = async () => {
    await refuseUnredacted(session, ["spark.sql.catalog.azure.adls.auth.shared-key.account.key"]);
    return "the server keeps account keys out of its UI and logs";
  };
  return check("redaction", look, told);
}

function metastore(session: Session): Promise<Check> {
  return check("metastore", async () => counted(await namespaces(session, "hive"), "databases"), told);
}

async function catalogs(session: Session, settings: Settings): Promise<Check[]> {
  let names: string[] = [];
  const file = await check("catalogs.json", () => {
    names = Object.keys(readCatalogs());
    return names.join(", ");
  });
  const found: Check[] = [file];
  for (const name of names) {
    const look = async () => {
      await attachCatalogs(session, settings, [name]);
      return counted(await namespaces(session, name), "namespaces");
    };
    found.push(await check(`catalog ${name}`, look, told));
  }
  return found;
}

async function namespaces(session: Session, catalog: string): Promise<number> {
  const signal = AbortSignal.timeout(ANSWERS_WITHIN);
  try {
    return (await session.command(`show namespaces in ${quote(sparkCatalog(catalog))}`, { signal })).length;
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Error(`No answer within ${ANSWERS_WITHIN / 1000} s: see that what the catalog reaches is up.`);
  }
}

function counted(number: number, what: string): string {
  return `${number} ${number === 1 ? what.slice(0, -1) : what}`;
}

function told(error: unknown): string {
  const { message, hint } = sentence(error);
  return hint ? `${message} ${hint}` : message;
}

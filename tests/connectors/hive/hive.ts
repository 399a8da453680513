import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { javaOptions } from "../../../connectors/spark/server/java.ts";
import { UTF8_LOCALE } from "../../../connectors/spark/server/server.ts";
import { findInstalled } from "../../../core/installed.ts";
import { readSettings } from "../../../core/settings.ts";
import { cacheLayout } from "../../../setup/layout.mjs";

/** A real Hive 2.3 beside the tests' metastore: it tells what a user of Hive sees. */
export interface Hive {
  /** Runs one statement of HiveQL; gives its rows as Hive's shell prints them: a tab between columns, NULL for nothing. */
  answers(sql: string): Promise<string[]>;
  /** Changes a setting for the statements that follow. */
  set(name: string, value: string): Promise<void>;
  /**
   * Writes into the metastore what no statement can: `input` and `output` formats, `serde`, `location`, `type:<column>`; any
   * other name is a property of the table.
   */
  alter(database: string, table: string, changes: Readonly<Record<string, string>>): Promise<void>;
  /** Makes a table of another type after one that is there, with the text of a view where one is given. */
  copy(database: string, table: string, copied: { name: string; type: string; viewText?: string }): Promise<void>;
  end(): Promise<void>;
}

/** Where Hive's zone and more of its settings differ from a plain one. */
export interface HiveWays {
  timeZone?: string;
  settings?: Readonly<Record<string, string>>;
}

/** Starts a Hive that is ended with the test. It takes some ten seconds and half a gigabyte. */
export async function startHive(
  t: { after(end: () => Promise<void>): void },
  { timeZone = "UTC", settings = {} }: HiveWays = {},
): Promise<Hive> {
  const { CACHE_DIR, SPARK_HOME, HIVE_METASTORE_URI: metastore } = readSettings();
  if (!metastore) throw new Error("The tests' metastore is not known: run the test through `npm test`.");
  const { hive: jars } = cacheLayout(CACHE_DIR);
  if (!existsSync(jars)) throw new Error("Not installed: Hive's jars. Run `node setup.mjs --tests`.");
  const { java, sparkHome } = await findInstalled({ CACHE_DIR, ...(SPARK_HOME && { SPARK_HOME }) });
  const folder = mkdtempSync(join(tmpdir(), "portal-hive-"));
  for (const name of Object.values(folders(folder))) mkdirSync(name, { recursive: true });
  // Hive wants it so; only its owner gets into the folder around it.
  chmodSync(folders(folder)["hive.exec.scratchdir"], 0o777);
  const all = { ...hiveSettings(metastore, folder), ...settings };
  const log = openSync(join(folder, "hive.log"), "w");
  const child = spawn(
    java,
    [
      ...javaOptions({ "spark.driver.memory": "700m", "spark.driver.extraJavaOptions": OPTIONS.join(" ") }),
      `-Duser.timezone=${timeZone}`,
      ...["-cp", [join(sparkHome, "jars", "*"), join(jars, "*")].join(":")],
      ...["org.codehaus.janino.SimpleCompiler", join(import.meta.dirname, "AnswerHiveQL.java"), "AnswerHiveQL"],
      ...Object.entries(all).flat(),
    ],
    { cwd: folder, stdio: ["pipe", "pipe", log], env: { LANG: UTF8_LOCALE, ...process.env } },
  );
  const end = async () => {
    child.stdin?.end();
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  };
  t.after(end);
  const ask = asker(child, join(folder, "hive.log"));
  await ask();
  return {
    answers: async sql => await ask("run", sql),
    set: async (name, value) => void (await ask("set", name, value)),
    alter: async (database, table, changes) =>
      void (await ask("alter", database, table, ...Object.entries(changes).flat())),
    copy: async (database, table, { name, type, viewText = "" }) =>
      void (await ask("copy", database, table, name, type, viewText)),
    end,
  };
}

// Hive writes its plans with a library that looks into Java's own classes.
const OPENED = ["java.base/java.util.regex", "java.base/java.text", "java.base/java.math", "java.sql/java.sql"];
const OPTIONS = [
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  ...OPENED.map(name => `--add-opens=${name}=ALL-UNNAMED`),
];

/** The folders that a Hive writes into, by its settings. */
export function folders(base: string) {
  return {
    "hive.exec.scratchdir": join(base, "scratch"),
    "hive.exec.local.scratchdir": join(base, "local"),
    "hive.querylog.location": join(base, "log"),
    "hive.downloaded.resources.dir": join(base, "resources"),
    "mapreduce.cluster.local.dir": join(base, "map-reduce"),
    "hadoop.tmp.dir": join(base, "tmp"),
  };
}

/** The settings of a Hive that runs its queries in one process. */
export function hiveSettings(metastore: string, base: string): Record<string, string> {
  return {
    ...folders(base),
    "hive.metastore.uris": metastore,
    "fs.defaultFS": "file:///",
    // Queries run in this one process.
    "hive.execution.engine": "mr",
    "mapreduce.framework.name": "local",
    "hive.exec.submitviachild": "false",
    "hive.exec.submit.local.task.via.child": "false",
    "hive.fetch.task.conversion": "more",
    "hive.cbo.enable": "false",
    "hive.support.concurrency": "false",
    "hive.async.log.enabled": "false",
    "hive.exec.dynamic.partition.mode": "nonstrict",
    "hive.warehouse.subdir.inherit.perms": "false",
    // What it counted once is not what is there: Spark's own tables have 0 rows by the metastore.
    "hive.stats.autogather": "false",
    "hive.compute.query.using.stats": "false",
    // As Hive on Tez does.
    "mapred.input.dir.recursive": "true",
    "hive.mapred.supports.subdirectories": "true",
  };
}

// One question at a time; without one, the word that it is ready is awaited.
function asker(child: ChildProcess, logFile: string) {
  const lines: Interface = createInterface({ input: child.stdout! });
  const waiting: ((line: string | undefined) => void)[] = [];
  lines.on("line", line => waiting.shift()?.(line));
  child.on("exit", () => {
    for (const tell of waiting.splice(0)) tell(undefined);
  });
  return async (...words: string[]): Promise<string[]> => {
    const answer = new Promise<string | undefined>(resolve => waiting.push(resolve));
    if (words.length > 0) child.stdin?.write(`${words.map(encodeURIComponent).join(" ")}\n`);
    const line = await answer;
    if (line === undefined) throw new Error(`Hive has ended. The end of its log:\n${endOf(logFile)}`);
    const [verdict, ...rows] = line.split(" ");
    const texts = rows.map(row => decodeURIComponent(row.slice(1).replaceAll("+", " ")));
    if (verdict === "error") throw new Error(`Hive refuses: ${texts[0]}`);
    return texts;
  };
}

function endOf(logFile: string): string {
  return existsSync(logFile) ? readFileSync(logFile, "utf8").trim().split("\n").slice(-30).join("\n") : "";
}

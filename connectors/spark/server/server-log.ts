import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const MOST_BYTES = 1024 * 1024;

/** The end of a log from a place on, one megabyte at most; empty where it is not there any more. */
export function logSince(file: string, from: number): string {
  try {
    const open = openSync(file, "r");
    try {
      const { size } = fstatSync(open);
      const start = Math.max(Math.min(from, size), size - MOST_BYTES);
      const bytes = Buffer.alloc(size - start);
      return bytes.toString("utf8", 0, readSync(open, bytes, 0, bytes.length, start));
    } finally {
      closeSync(open);
    }
  } catch {
    return ""; // removed together with the folder of a stack that was ended
  }
}

/** An application that YARN has taken and not yet given a container. */
export interface QueuedApplication {
  id: string;
  queue?: string;
  /** What YARN says it waits for. */
  why?: string;
}

/** The application of a server that waits in a queue of YARN; undefined where the log's last word on it is another. */
export function queuedApplication(log: string): QueuedApplication | undefined {
  const reports = [...log.matchAll(/Application report for (application_\d+_\d+) \(state: (\w+)\)/g)];
  const last = reports.at(-1);
  if (last?.[2] !== "ACCEPTED" && last?.[2] !== "SUBMITTED") return undefined;
  const queue = /^\s*queue: (\S+)/m.exec(log.slice(reports[0]?.index))?.[1];
  const why = [...log.matchAll(/^\s*diagnostics: (?:\[[^\]]*\] )?(.+)$/gm)].at(-1)?.[1]?.trim();
  return { id: last[1] ?? "", ...(queue && { queue }), ...(why && why !== "N/A" && { why: shortened(why) }) };
}

/** Why a server did not start, in one sentence with what to do, read from its log; undefined where no cause is known. */
export function startFailure(log: string): string | undefined {
  for (const [pattern, sentence] of CAUSES) {
    const found = pattern.exec(log);
    if (found) return sentence(found);
  }
  return undefined;
}

type Cause = readonly [RegExp, (found: RegExpExecArray) => string];

// The first that fits is the cause: what is further down follows from it.
const CAUSES: readonly Cause[] = [
  [
    /When running with master '(?:yarn)' either HADOOP_CONF_DIR or YARN_CONF_DIR must be set/,
    () => "Spark does not know the cluster: write HADOOP_CONF_DIR=/etc/hadoop/conf into .env.",
  ],
  [
    /Master must either be yarn or start with spark|Could not parse Master URL|Unknown master|Invalid master URL/i,
    () => "SPARK_MASTER is no master: write yarn, spark://host:7077, k8s://https://host:6443 or local[4].",
  ],
  [
    /FindException: Module (\S+) not found/,
    ([, name]) =>
      `The Java there has no module ${name}, which Spark needs: use a whole JDK 17, for the executors too (spark.executorEnv.JAVA_HOME).`,
  ],
  [
    /UnsupportedClassVersionError/,
    () => "The Java there is too old: Spark needs Java 17, for the executors too (spark.executorEnv.JAVA_HOME).",
  ],
  [
    /to unknown queue:? ?(\S+)|queue (?:named )?'?([\w.-]+)'? (?:does not|doesn't) exist|unknown queue ?: ?(\S+)/i,
    ([, a, b, c]) => `YARN has no queue "${a ?? b ?? c}": correct spark.yarn.queue in SPARK_CONF_FILE.`,
  ],
  [
    /Required (executor|AM) memory \((\d+)(?:\+(\d+))? MB\)[^\n]{0,200}?above the max threshold \((\d+) MB\)/,
    ([, who, asked, more, limit]) => {
      const [what, key] =
        who === "AM" ? ["the application master", "spark.yarn.am.memory"] : ["an executor", "spark.executor.memory"];
      const sum = Number(asked) + Number(more ?? 0);
      return `The cluster gives no container of that size: ${sum} MB and more for ${what}, its limit is ${limit} MB. Lower ${key} in SPARK_CONF_FILE.`;
    },
  ],
  [
    /InvalidResourceRequestException: ([^\n]{0,300})/,
    ([, why]) =>
      `The cluster refuses the size of a container (${shortened(why)}). Lower memory or cores in SPARK_CONF_FILE.`,
  ],
  [
    /Queue (\S+) already has (\d+) applications|(?:queue|leaf) (\S+) [^\n]{0,80}(?:cannot accept submission|max[- ]?(?:imum )?applications)/i,
    ([, a, , b]) =>
      `The queue ${a ?? b} of YARN is full and takes no more applications: wait, or name another as spark.yarn.queue in SPARK_CONF_FILE.`,
  ],
  [
    /User \S+ (?:cannot|does not have permission to) submit [^\n]*queue:? ?(\S+)/,
    ([, queue]) =>
      `The worker's user may not use the queue ${queue} of YARN: name another as spark.yarn.queue in SPARK_CONF_FILE.`,
  ],
  [
    /All masters are unresponsive/,
    () => "No master of the standalone cluster answers: start it, or correct SPARK_MASTER.",
  ],
  [
    /Can't get Kerberos realm|GSS initiate failed|No valid credentials provided|Unable to obtain password from user/,
    () =>
      "The cluster asks for Kerberos: write SPARK_KERBEROS_PRINCIPAL and SPARK_KERBEROS_KEYTAB into .env, or log in with kinit.",
  ],
  [
    /FileNotFoundException: (?:Jar|File) (?:file:)?(\S+?\.jar) (?:not found|does not exist)/,
    ([, jar]) => `The jar ${jar} is not there: correct spark.jars, or run \`node setup.mjs\`.`,
  ],
  [
    /FileNotFoundException: File (?:file:)?(\S+) does not exist/,
    ([, file]) => `The file ${file} is not there: correct the setting in SPARK_CONF_FILE that names it.`,
  ],
  [
    // What Spark only warns of does not end it.
    /(?:^Exception in thread "main" |Caused by: )(?:java\.lang\.)?(?:ClassNotFoundException: ([\w.$]+)|NoClassDefFoundError: ([\w/$]+))|Could not find or load main class (\S+)/m,
    ([, a, b, c]) =>
      `A jar is missing: no class ${(a ?? b ?? c)?.replaceAll("/", ".")}. Add it to spark.jars in SPARK_CONF_FILE, or correct SPARK_HOME.`,
  ],
  [
    /BindException: [^\n]*(?:Cannot assign requested address|Can't assign)/,
    () =>
      "Spark can't listen on the address of this machine: correct spark.driver.bindAddress and spark.driver.host in SPARK_CONF_FILE.",
  ],
  [
    /BindException: [^\n]*(?:Address already in use|Failed to bind to address)/,
    () => "A port that Spark wants is taken: end the other program, or choose other ports in SPARK_CONF_FILE.",
  ],
  [
    /System memory (\d+) must be at least (\d+)/,
    () => "The server has too little memory for Spark: write spark.driver.memory 1g or more into SPARK_CONF_FILE.",
  ],
  [
    /Could not reserve enough space|Invalid maximum heap size|insufficient memory for the Java Runtime Environment|Cannot allocate memory/,
    () => "This machine has less memory than the server wants: lower spark.driver.memory in SPARK_CONF_FILE.",
  ],
  [/No space left on device/, () => "The disk is full: make room, then start again."],
  [
    /(\/\S*\/bin\/java): No such file or directory/,
    ([, java]) =>
      `There is no Java at ${java} on the cluster's machines: correct spark.yarn.appMasterEnv.JAVA_HOME and spark.executorEnv.JAVA_HOME in SPARK_CONF_FILE.`,
  ],
  [
    /Yarn application has already ended!|Application application_\d+_\d+ (?:failed|finished|was killed)[^\n]*/,
    ([line]) =>
      `YARN ended the application before it ran (${shortened(line)}). The logs of its container say why; the Java there must be 17 with the module jdk.incubator.vector.`,
  ],
  [
    /Retrying connect to server: (\S+?):(\d+)\. Already tried/,
    ([, host, port]) =>
      `The cluster does not answer at ${host?.replace(/^.*\//, "")}:${port}: start it, or correct the addresses in HADOOP_CONF_DIR.`,
  ],
  [
    /Call From \S+ to (\S+?):(\d+) failed on connection exception/,
    ([, host, port]) =>
      `The cluster does not answer at ${host}:${port}: start it, or correct the addresses in HADOOP_CONF_DIR.`,
  ],
];

/** Who ended the application of a server that had started; undefined where its log does not say so. */
export function applicationEnd(log: string): string | undefined {
  const yarn = /YARN application has exited unexpectedly with state (\w+)/.exec(log)?.[1];
  if (yarn) return `YARN ended its application (${yarn})`;
  const master = /Application has been killed\. Reason: ([^\n]+)/.exec(log)?.[1];
  if (master) return `the master ended its application (${shortened(master)})`;
  return /OutOfMemoryError: ([^\n]+)/.exec(log) ? "it ran out of memory: raise spark.driver.memory" : undefined;
}

const FEW_LINES = 20;

/** The lines of a log that tell most of a failure: without the frames of a stack, of a long one its errors before anything else. */
export function tellingLines(log: string): string {
  const lines = log
    .trimEnd()
    .split("\n")
    .filter(line => !/^\s+at |^\s*\.\.\. \d+ more/.test(line));
  const telling = lines.filter(line => /\bERROR\b|Exception|\bError\b|[Dd]iagnostics:|Caused by:/.test(line));
  // A JVM that does not come up says the reason in a line that is called no error.
  const isLong = lines.length > FEW_LINES;
  return [...new Set(isLong && telling.length > 0 ? telling.slice(-8) : lines.slice(-FEW_LINES))]
    .map(line => line.slice(0, 500))
    .join("\n");
}

function shortened(text = ""): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 200);
}

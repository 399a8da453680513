import type { PlanMessage } from "../protocol/messages.ts";
import { relation, sqlRelation } from "../protocol/plan.ts";

// What Spark opens of the JDK to itself; its launcher scripts give the same list.
const OPENED = [
  ...["java.lang", "java.lang.invoke", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.util"],
  ...["java.util.concurrent", "java.util.concurrent.atomic", "jdk.internal.ref", "sun.nio.ch", "sun.nio.cs"],
  ...["sun.security.action", "sun.util.calendar"],
].map(name => `java.base/${name}`);

/** The options of a JVM that Spark runs in; memory and more options as its settings say. */
export function javaOptions(conf: Record<string, string> = {}): string[] {
  return [
    `-Xmx${conf["spark.driver.memory"] ?? "1g"}`,
    ...[...OPENED, "java.security.jgss/sun.security.krb5"].map(name => `--add-opens=${name}=ALL-UNNAMED`),
    "-Djdk.reflect.useDirectMethodHandle=false",
    "-Dio.netty.tryReflectionSetAccessible=true",
    ...(conf["spark.driver.extraJavaOptions"]?.split(/\s+/).filter(Boolean) ?? []),
  ];
}

/** Where Kerberos is set up, for a JVM: unlike MIT's programs it does not look at KRB5_CONFIG itself. */
export function krb5Option({ KRB5_CONFIG: file }: NodeJS.ProcessEnv): string[] {
  return file ? [`-Djava.security.krb5.conf=${file}`] : [];
}

/** The plan of a command that reads rows of this process by an alias; `data` is an Arrow IPC stream. */
export function localCommand(sql: string, alias: string, data: Uint8Array): PlanMessage {
  const input = relation({ local_relation: { data } });
  const references = [relation({ subquery_alias: { input, alias } })];
  const root = sqlRelation(sql);
  return { command: { sql_command: { input: relation({ with_relations: { root, references } }) } } };
}

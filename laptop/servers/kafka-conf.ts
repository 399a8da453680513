import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where a small Kafka keeps its topics and listens. */
export interface KafkaPlace {
  folder: string;
  port: number;
  /** On which the broker talks to itself as its own controller. */
  controllerPort: number;
}

/** Writes its settings: everything listens on this machine alone. Gives the files' paths. */
export function writeKafkaConf({ folder, port, controllerPort }: KafkaPlace): { server: string; logging: string } {
  const conf = join(folder, "conf");
  mkdirSync(conf, { recursive: true, mode: 0o700 });
  const settings = {
    "process.roles": "broker,controller",
    "node.id": "1",
    // Not the newer bootstrap servers: with those the controller's port is kept with the data and can't change.
    "controller.quorum.voters": `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}`,
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "inter.broker.listener.name": "PLAINTEXT",
    "log.dirs": topicsFolder(folder),
    "num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    "auto.create.topics.enable": "false",
    // After kill -9 a start waits so long for the broker that was.
    "broker.session.timeout.ms": "4000",
    "broker.heartbeat.interval.ms": "1000",
  };
  const files = { server: join(conf, "server.properties"), logging: join(conf, "log4j2.properties") };
  writeFileSync(
    files.server,
    Object.entries(settings)
      .map(([name, value]) => `${name}=${escaped(value)}\n`)
      .join(""),
  );
  writeFileSync(files.logging, LOGGING);
  return files;
}

/** The folder of its topics; one that was never made ready has no `meta.properties`. */
export function topicsFolder(folder: string): string {
  return join(folder, "topics");
}

// A line of a properties file ends at nothing else, but a backslash begins an escape.
function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\");
}

const LOGGING = `rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
logger.server.name = kafka.server.KafkaRaftServer
logger.server.level = info
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d %p %c: %m%n%ex
`;

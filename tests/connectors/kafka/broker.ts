import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { findBrokers } from "../../../connectors/kafka/brokers.ts";
import { openTopics, type Topics } from "../../../connectors/kafka/topics.ts";
import { readEndpoints } from "../../../core/endpoints.ts";
import type { ProcessIdentity } from "../../../core/jobs/running.ts";
import { readSettings, type Settings } from "../../../core/settings.ts";
import { isAlive } from "../../../core/system/process-identity.ts";
import { ensure } from "../../../laptop/ensure.ts";
import { kafkaPlan } from "../../../laptop/servers/kafka.ts";
import { ownPort } from "../../laptop/own-port.ts";

/** A broker for tests that kill it: none but theirs, on a port that stays. */
export interface SmallKafka {
  brokers: string;
  /** Those of a process that finds this broker. */
  settings: Settings;
  topics: Topics;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again where it was, with what it had. */
  start(): Promise<void>;
}

/** Starts a broker of one's own, which ends with the test or, awaited at the top of a file, with the file. */
export async function smallKafka(t: { after(work: () => Promise<void>): void } = { after }): Promise<SmallKafka> {
  const folder = mkdtempSync(join(tmpdir(), "portal-kafka-"));
  const settings: Settings = { ...readSettings(), LAPTOP_DIR: folder };
  const kill = async () => {
    const { kafka } = readEndpoints(settings);
    if (kafka) await killed(kafka);
  };
  const port = await ownPort();
  const start = async () => {
    const found = await ensure(settings, await kafkaPlan(settings, port));
    await found.start();
  };
  const opened: Topics[] = [];
  t.after(async () => {
    for (const topics of opened) await topics.close();
    await kill();
    rmSync(folder, { recursive: true, force: true });
  });
  await start();
  const brokers = await findBrokers(settings);
  const topics = openTopics(brokers);
  opened.push(topics);
  return { brokers, settings, topics, kill, start };
}

/** Kills a process with -9, and waits for its end. */
export async function killed(identity: ProcessIdentity): Promise<void> {
  if (isAlive(identity)) process.kill(identity.pid, "SIGKILL");
  while (isAlive(identity)) await pause(10);
}

/** The broker that the whole run shares; the first who asks brings it up. Topics are named so that no two tests share one. */
export async function sharedKafka(t: { after(work: () => Promise<void>): void } = { after }) {
  const brokers = await findBrokers(readSettings());
  const topics = openTopics(brokers);
  t.after(() => topics.close());
  return { brokers, topics };
}

/** The name of a topic that nobody else has. */
export function freshTopic(name: string): string {
  return `${name}-${process.pid}-${Date.now().toString(36)}`;
}

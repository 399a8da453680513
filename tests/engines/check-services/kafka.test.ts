import assert from "node:assert/strict";
import { test } from "node:test";
import { readSettings } from "../../../core/settings.ts";
import { kafkaChecks } from "../../../engines/check-services/kafka.ts";
import { runCheck } from "../../../engines/check-services/service-check.ts";
import { freePort } from "../../../laptop/ports.ts";
import { freshTopic, sharedKafka } from "../../connectors/kafka/broker.ts";

const settings = (given: Record<string, string>) =>
  readSettings({ LAPTOP_DIR: "/nonexistent", ...given }, "/nowhere/.env");

test("Kafka is looked at where one is set, and nowhere else; one that is away is told with what mends it", async t => {
  assert.deepEqual(kafkaChecks(settings({})), []);
  const { brokers, topics } = await sharedKafka(t);
  await topics.create(freshTopic("seen"), 1);
  const [check] = kafkaChecks(settings({ KAFKA_BROKERS: brokers }));
  assert.ok(check);
  const found = await runCheck(check);
  assert.ok(found.outcome === "succeeded", JSON.stringify(found));
  assert.match(found.notes[0] ?? "", new RegExp(`^\\d+ topics? at ${brokers}$`));
  const nowhere = `127.0.0.1:${await freePort(0)}`;
  const [away] = kafkaChecks(settings({ KAFKA_BROKERS: nowhere }));
  assert.deepEqual(away && (await runCheck(away)), {
    outcome: "failed",
    error: {
      message: `No broker answers at ${nowhere}.`,
      hint: "Start Kafka, or correct KAFKA_BROKERS. The next attempt goes on.",
    },
  });
});

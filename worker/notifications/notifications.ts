import { type ArchiveIndex, openIndex } from "../../core/audit/index/open.ts";
import { usualTimeOf } from "../../core/audit/index/paces.ts";
import { readRecord } from "../../core/audit/records.ts";
import type { Estimate } from "../../core/jobs/estimate.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import {
  eventsOfRecord,
  missedSchedule,
  type NotificationEvent,
  rememberedSubjects,
} from "../../core/notifications/events.ts";
import {
  endEvent,
  type JobNames,
  type RunEvent,
  type StartedJob,
  startEvent,
} from "../../core/notifications/openlineage.ts";
import { type NewMessage, type Outbox, openOutbox } from "../../core/notifications/outbox.ts";
import {
  type NotificationRules,
  notificationsText,
  parseNotifications,
  receiversOf,
} from "../../core/notifications/rules.ts";
import { readNamedSecret, type Settings } from "../../core/settings.ts";
import { archivedRecord, type Layout } from "../../core/store/layout.ts";
import type { Log } from "../../core/system/console-log.ts";
import { type SecretOf, SendError, sendLineage, sendNotification } from "./send.ts";
import { createSender, type SENDING } from "./sender.ts";

/** Tells people and programs what happens to jobs. Nothing here throws, and nothing waits for a receiver. */
export interface Notifications {
  started(job: StartedJob): void;
  /** May be repeated after a crash: a message that is in the outbox is not added again. */
  ended(record: JobRecord, title: string): void;
  missed(schedule: string, planned: string, why: string, job: { type: string; by: string }): void;
  close(): Promise<void>;
}

/** Tells nobody. */
export const noNotifications: Notifications = { started() {}, ended() {}, missed() {}, async close() {} };

/** What notifications are made from. */
export interface NotificationParts {
  layout: Layout;
  settings: Settings;
  log: Log;
  secretOf?: SecretOf;
  timing?: typeof SENDING;
}

const LINEAGE = "openlineage";

/** The notifications of a worker: rules are read at each event, messages go to the outbox, and the sender sends them. */
export function createNotifications({
  layout,
  settings,
  log,
  secretOf = readNamedSecret,
  timing,
}: NotificationParts): Notifications {
  let opened: Outbox | undefined;
  const outbox = () => {
    opened ??= openOutbox(layout);
    return opened;
  };
  const hasLineage = Boolean(settings.OPENLINEAGE_URL ?? settings.OPENLINEAGE_FILE);
  const names: JobNames = {
    namespace: settings.OPENLINEAGE_NAMESPACE,
    typeOf(id) {
      const path = archivedRecord(layout, id);
      return path && readRecord(path)?.type;
    },
  };
  let index: ArchiveIndex | undefined;
  let told = "";
  const sender = createSender(outbox(), send, log, timing);
  return { started, ended, missed, close };

  function started(job: StartedJob) {
    guarded(() => {
      if (hasLineage) add([lineage(job.id, startEvent(job, names, new Date().toISOString()))]);
    });
  }

  function ended(record: JobRecord, title: string) {
    guarded(() => {
      const rules = currentRules();
      if (rules.rules.length === 0 && !hasLineage) return;
      const subjects = rememberedSubjects(record);
      const failed = new Set(subjects.map(({ subject }) => subject).filter(subject => outbox().hasFailed(subject)));
      const same = `${record.type} ${JSON.stringify(record.parameters)}`;
      const events = eventsOfRecord(record, title, {
        ...{ failed, seconds: outbox().secondsOf(same, record.id) },
        ...usualTime(record, rules),
      });
      // A start that was lost in a crash is made up for: what is there already is left out.
      const runs = hasLineage ? [startEvent(record, names, record.startedAt), endEvent(record, names)] : [];
      const messages = [
        ...events.flatMap(event => messagesOf(event, rules)),
        ...runs.map(run => lineage(record.id, run)),
      ];
      const isDone = record.status === "succeeded";
      const seconds = (Date.parse(record.finishedAt) - Date.parse(record.startedAt)) / 1000;
      const stands = (ok: boolean) =>
        record.status === "cancelled"
          ? []
          : subjects
              .filter(one => (one.ok ?? (one.table === undefined ? isDone : undefined)) === ok)
              .map(({ subject }) => subject);
      add(messages, {
        job: record.id,
        ...{ failed: stands(false), succeeded: stands(true) },
        ...(isDone && { duration: { subject: same, seconds, at: record.finishedAt } }),
      });
    });
  }

  function missed(schedule: string, planned: string, why: string, job: { type: string; by: string }) {
    guarded(() => {
      const messages = messagesOf(missedSchedule(schedule, planned, why, job), currentRules());
      if (messages.length > 0) add(messages);
    });
  }

  function add(...what: Parameters<Outbox["add"]>) {
    outbox().add(...what);
    sender.wake();
  }

  // The index is the portal's: what it has is read as it is, and where there is none the job's own past decides.
  function usualTime(record: JobRecord, { rules }: NotificationRules): { usual?: Estimate } {
    if (record.status !== "succeeded" || !rules.some(({ events }) => events.includes("slower than usual"))) return {};
    try {
      index ??= openIndex(layout);
      const usual = usualTimeOf(index, record, settings.SPARK_PARALLEL);
      return usual ? { usual } : {};
    } catch {
      return {};
    }
  }

  // A wrong file tells nobody; it is told in the log, once.
  function currentRules(): NotificationRules {
    const checked = parseNotifications(notificationsText(layout));
    if (checked.ok) return checked.rules;
    const problem = `notifications.json is wrong, and nobody is told anything: ${checked.problems.join(" ")}`;
    if (problem !== told) log.error(problem);
    told = problem;
    return { receivers: {}, rules: [] };
  }

  async function send(delivery: Parameters<typeof sendLineage>[0]): Promise<void> {
    if (delivery.receiver === LINEAGE) return await sendLineage(delivery, settings);
    const name = delivery.receiver.slice(RECEIVER.length);
    const receiver = currentRules().receivers[name];
    if (!receiver) throw new SendError(`There is no receiver ${name} in notifications.json any more.`, true);
    await sendNotification(delivery, receiver, settings, secretOf);
  }

  // What is to be told must never keep a job from its end.
  function guarded(work: () => void) {
    try {
      work();
    } catch (error) {
      log.error(`A notification is lost: ${(error as Error).message}`);
    }
  }

  async function close() {
    await sender.close();
    opened?.close();
    opened = undefined;
    index?.close();
    index = undefined;
  }
}

const RECEIVER = "to:";

function messagesOf(event: NotificationEvent, rules: NotificationRules): NewMessage[] {
  const body = JSON.stringify(event);
  return receiversOf(event, rules).map(name => ({
    ...{ id: `${event.id}:${name}`, receiver: `${RECEIVER}${name}`, event: event.event, title: event.title, body },
  }));
}

function lineage(job: string, event: RunEvent): NewMessage {
  const name = event.eventType;
  return { id: `${job}:${name}`, receiver: LINEAGE, event: name, title: `${job} ${name}`, body: JSON.stringify(event) };
}

import { setTimeout as pause } from "node:timers/promises";
import type { Delivery, Outbox } from "../../core/notifications/outbox.ts";
import type { Log } from "../../core/system/console-log.ts";
import { SendError } from "./send.ts";

/** The pauses of the sender, in milliseconds. */
export const SENDING = {
  /** The portal adds tests to the outbox, and says nothing. */
  lookEvery: 2_000,
  retryBase: 5_000,
  retryCap: 3_600_000,
  giveUpAfter: 86_400_000,
  /** How often a message is tried that a receiver does not take as it is. */
  refusals: 5,
  /** How long the end of the worker waits for what is being sent. */
  closeWithin: 2_000,
};

/** Sends what is in the outbox, one message to each receiver at a time, in their order. */
export interface NotificationSender {
  wake(): void;
  /** Waits for what is being sent now; the rest stays for the next worker. */
  close(): Promise<void>;
}

/** A sender that begins at once. A receiver that does not answer keeps nobody else waiting. */
export function createSender(
  outbox: Outbox,
  send: (delivery: Delivery) => Promise<void>,
  log: Pick<Log, "warn">,
  timing: typeof SENDING = SENDING,
): NotificationSender {
  const underWay = new Map<string, Promise<void>>();
  let isClosed = false;
  let isOver = false;
  const timer = setInterval(wake, timing.lookEvery);
  timer.unref();
  wake();
  return { wake, close };

  function wake() {
    if (isClosed) return;
    try {
      for (const delivery of outbox.due(Date.now())) if (!underWay.has(delivery.receiver)) begin(delivery);
    } catch (error) {
      log.warn(`Notifications can't be read: ${(error as Error).message}`);
    }
  }

  function begin(delivery: Delivery) {
    const work = attempt(delivery).finally(() => {
      underWay.delete(delivery.receiver);
      wake();
    });
    underWay.set(delivery.receiver, work);
  }

  // What can't be noted, on a full disk, is noted later: sent again meanwhile it would arrive twice.
  async function attempt(delivery: Delivery): Promise<void> {
    const error = await send(delivery).then(
      () => undefined,
      (problem: Error) => problem,
    );
    for (let isWarned = false; !isOver; isWarned = true) {
      try {
        if (error) noteFailure(outbox, delivery, error, log, timing);
        else outbox.sent(delivery.id, Date.now());
        return;
      } catch (broken) {
        if (!isWarned) log.warn(`What became of a notification can't be noted: ${(broken as Error).message}`);
        await pause(timing.lookEvery, undefined, { ref: false });
      }
    }
  }

  async function close() {
    isClosed = true;
    clearInterval(timer);
    // Whoever is still silent then gets the message again from the next worker, with the same id.
    await Promise.race([Promise.all(underWay.values()), pause(timing.closeWithin, undefined, { ref: false })]);
    isOver = true;
  }
}

// Tries again later, or gives the message up.
function noteFailure(
  outbox: Outbox,
  { id, receiver, made, attempts, title }: Delivery,
  error: Error,
  log: Pick<Log, "warn">,
  timing: typeof SENDING,
): void {
  const now = Date.now();
  const isLast =
    now - Date.parse(made) > timing.giveUpAfter ||
    (error instanceof SendError && error.isFinal && attempts + 1 >= timing.refusals);
  const wait = Math.min(timing.retryCap, timing.retryBase * 2 ** attempts) * (0.5 + Math.random() / 2);
  outbox.failedToSend(id, error.message, now, isLast ? undefined : now + Math.ceil(wait));
  if (isLast) log.warn(`${receiver} was not told "${title}": ${error.message} It is not tried again.`);
  else if (attempts === 0) log.warn(`${receiver} was not told "${title}" yet: ${error.message}`);
}

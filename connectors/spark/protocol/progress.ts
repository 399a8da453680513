import type { ExecuteResponse } from "./messages.ts";

/** How far a statement is, as far as Spark's scheduler knows: stages and tasks, no rows. */
export interface Progress {
  stages: { id: string; tasks: number; done: number; bytes: string; ended: boolean }[];
  /** Tasks that run now. */
  running: number;
  tasks: number;
  tasksDone: number;
  bytesRead: string;
}

/** What the server tells of the progress, in numbers a page can show. */
export function executionProgress(message: NonNullable<ExecuteResponse["execution_progress"]>): Progress {
  const stages = message.stages.map(stage => ({
    id: stage.stage_id,
    tasks: Number(stage.num_tasks),
    done: Number(stage.num_completed_tasks),
    bytes: stage.input_bytes_read,
    ended: stage.done,
  }));
  return {
    stages,
    running: Number(message.num_inflight_tasks),
    tasks: stages.reduce((sum, stage) => sum + stage.tasks, 0),
    tasksDone: stages.reduce((sum, stage) => sum + stage.done, 0),
    bytesRead: String(stages.reduce((sum, stage) => sum + BigInt(stage.bytes), 0n)),
  };
}

/** The newest value of something that changes: a slow reader misses what was overtaken, and nothing piles up. */
export function latest<T>() {
  let current: { value: T } | undefined;
  let ended = false;
  let changed = Promise.withResolvers<void>();
  const wake = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  return {
    set(value: T) {
      current = { value };
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
      let given: typeof current;
      while (true) {
        const change = changed.promise;
        if (current && current !== given) {
          given = current;
          yield current.value;
        } else if (ended) return;
        else await change;
      }
    },
  };
}

/** Waiting tasks: those of the newest request go first, and within a request the first steps of all go before any second step. */
export interface DetailQueue<T> {
  /** Adds a request for several tasks, in this order. A task that waits already joins this request; one that runs goes on. */
  ask(tasks: ReadonlyMap<string, T>): void;
  isWaiting(key: string): boolean;
  waiting(): Iterable<string>;
  /** Removes tasks. The result of one that runs is ignored. */
  forget(which: (key: string) => boolean): void;
}

/** A task as it is run: its step, counted from 1, and whether somebody has given it up meanwhile. */
export interface RunningRequest<T> {
  key: string;
  task: T;
  step: number;
  forgotten: boolean;
}

interface Waiting<T> extends RunningRequest<T> {
  request: number;
  position: number;
}

// Names come from URLs: what nobody looks at any more must not wait for ever.
const AT_MOST = 10_000;

/** Runs tasks side by side. `run` returns true if the task has a further step, which then waits like others. It must not throw. */
export function newestFirst<T>(
  sideBySide: number,
  run: (running: RunningRequest<T>) => Promise<boolean>,
): DetailQueue<T> {
  const waiting = new Map<string, Waiting<T>>();
  const running = new Map<string, Waiting<T>>();
  let requests = 0;
  let busy = 0;

  const start = () => {
    while (busy < sideBySide) {
      const next = first(waiting.values());
      if (!next) return;
      waiting.delete(next.key);
      running.set(next.key, next);
      busy += 1;
      void run(next).then(further => {
        busy -= 1;
        if (running.get(next.key) === next) running.delete(next.key);
        if (further && !next.forgotten) waiting.set(next.key, { ...next, step: next.step + 1 });
        start();
      });
    }
  };
  return {
    ask(tasks) {
      requests += 1;
      let position = 0;
      for (const [key, task] of tasks) {
        const known = waiting.get(key) ?? running.get(key);
        const place = { request: requests, position: position++ };
        if (known) Object.assign(known, place);
        else waiting.set(key, { key, task, step: 1, forgotten: false, ...place });
      }
      while (waiting.size > AT_MOST) waiting.delete(last(waiting.values()));
      start();
    },
    isWaiting: key => waiting.has(key) || running.has(key),
    *waiting() {
      yield* waiting.keys();
      yield* running.keys();
    },
    forget(which) {
      for (const map of [waiting, running]) {
        for (const [key, task] of map) {
          if (!which(key)) continue;
          task.forgotten = true;
          map.delete(key);
        }
      }
    },
  };
}

function first<T>(tasks: Iterable<Waiting<T>>): Waiting<T> | undefined {
  let found: Waiting<T> | undefined;
  for (const task of tasks) if (!found || before(task, found)) found = task;
  return found;
}

function last<T>(tasks: Iterable<Waiting<T>>): string {
  let found: Waiting<T> | undefined;
  for (const task of tasks) if (!found || before(found, task)) found = task;
  return found?.key ?? "";
}

function before<T>(a: Waiting<T>, b: Waiting<T>): boolean {
  return (b.request - a.request || a.step - b.step || a.position - b.position) < 0;
}

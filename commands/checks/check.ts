/** What a check found: that all is well, or the sentence that mends it. */
export type Check = { name: string; ms: number } & ({ ok: true; detail: string } | { ok: false; mend: string });

/** Looks at one thing. `look` gives what it saw; what it throws is what to mend, in the words of `say`. */
export async function check(
  name: string,
  look: () => string | Promise<string>,
  say: (error: unknown) => string = messageOf,
): Promise<Check> {
  const started = performance.now();
  const ms = () => Math.round(performance.now() - started);
  try {
    const detail = await look();
    return { name, ok: true, detail, ms: ms() };
  } catch (error) {
    return { name, ok: false, mend: say(error), ms: ms() };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

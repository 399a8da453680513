import cronstrue from "cronstrue";

/** What a cron line means, to stand within a sentence: `at 03:00, every day`. Nothing for a line that means nothing. */
export function cronWords(cron: string): string | undefined {
  try {
    const words = cronstrue.toString(cron, { use24HourTimeFormat: true, verbose: true });
    return words.charAt(0).toLowerCase() + words.slice(1).replace(SELF_EVIDENT, "");
  } catch {
    return undefined;
  }
}

// It is asked for all parts, since "at 03:00" alone does not say that this is every day. What then comes every few minutes or
// hours would end in "every hour, every day".
const SELF_EVIDENT = /(?:, every hour)?(?<=hours?|minutes?), every day$/;

import { randomBytes } from "node:crypto";

// Crockford's base 32 without i, l, o, u: nobody has to ask whether that was a one or an l.
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const PATTERN = /^\d{8}T\d{9}Z-[a-z][a-z0-9-]{0,39}-[0-9a-hjkmnp-tv-z]{6}(?:-1){0,16}$/;

/** A new job id, `20261123T094512123Z-ingest-hive-k3f9q2`: sorts by time, safe in a URL and a file name. */
export function newId(type: string, now = new Date()): string {
  const time = now.toISOString().replace(/[-:.]/g, "");
  const letters = Array.from(randomBytes(6), byte => ALPHABET[byte % 32]).join("");
  return `${time}-${type}-${letters}`;
}

/** Whether a text is a well-formed job id. */
export function isId(text: string): boolean {
  return PATTERN.test(text);
}

/** The id of the follow-up of a job: derived, so that the same follow-up can't be created twice. */
export function followUpId(parent: string): string {
  return `${parent}-1`;
}

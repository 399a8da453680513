import { randomBytes } from "node:crypto";

// Crockford's base 32 without i, l, o, u: nobody has to ask whether that was a one or an l.
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const PATTERN = /^\d{8}T\d{9}Z-[a-z][a-z0-9-]{0,39}-[0-9a-hjkmnp-tv-z]{6}(?:-1){0,16}$/;

/** A new job id, `20261123T094512123Z-ingest-hive-k3f9q2`: sorts by time, safe in a URL and a file name. */
export function newId(type: string, now = new Date()): string {
  return derivedId(type, now.getTime(), randomBytes(6));
}

/** The id whose time and letters are given: whoever gives the same again gets the same id. At least six bytes. */
export function derivedId(type: string, time: number, bytes: Uint8Array): string {
  const letters = Array.from(bytes.subarray(0, 6), byte => ALPHABET[byte % 32]).join("");
  return `${new Date(time).toISOString().replace(/[-:.]/g, "")}-${type}-${letters}`;
}

/** Whether a text is a well-formed job id. */
export function isId(text: string): boolean {
  return PATTERN.test(text);
}

/** The id of the follow-up of a job: derived, so that the same follow-up can't be created twice. */
export function followUpId(parent: string): string {
  return `${parent}-1`;
}

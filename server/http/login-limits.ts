import { isIP } from "node:net";
import { HttpError } from "../../engines/portal/page.ts";

/** Limits how often a password may be guessed: by account and address, by account, and by address. */
export interface LoginLimits {
  /**
   * Counts an attempt before its password is checked, so that attempts side by side are counted too. Throws a 429
   * where there were too many. Call what it returns when the password was right.
   */
  attempt(account: string, address: string): () => void;
}

const WINDOW = 15 * 60_000;
const PER_PAIR = 20;
// NIST SP 800-63B: no more than 100 failed attempts in a row for one account.
const PER_ACCOUNT = 100;
const PER_ADDRESS = 100;

/**
 * The limits of one portal, kept in memory. Failures from elsewhere never lock out a person at an address where that
 * person has logged in before: behind a proxy that hides addresses, an attacker would else lock out everybody.
 */
export function loginLimits(now: () => number = Date.now): LoginLimits {
  const pairs = failureCounts(PER_PAIR, now);
  const accounts = failureCounts(PER_ACCOUNT, now);
  const addresses = failureCounts(PER_ADDRESS, now);
  const trusted = new Set<string>();
  return {
    attempt(name, from) {
      const account = name.slice(0, 64);
      const address = addressKey(from);
      const pair = `${address} ${account}`;
      const isTrusted = trusted.has(pair);
      const isFull = pairs.isFull(pair) || (!isTrusted && (accounts.isFull(account) || addresses.isFull(address)));
      if (isFull) throw new HttpError(429, "Too many attempts to log in.", "Wait a quarter of an hour.");
      const counted = [pairs.add(pair), accounts.add(account), addresses.add(address)];
      return () => {
        for (const takeBack of counted) takeBack();
        pairs.clear(pair);
        trusted.add(pair);
      };
    },
  };
}

interface FailureCounts {
  isFull(key: string): boolean;
  /** Counts one failure; what it returns takes that back. */
  add(key: string): () => void;
  clear(key: string): void;
}

// Entries stand in the order in which their windows began, so those that are over are the first.
function failureCounts(most: number, now: () => number): FailureCounts {
  const counts = new Map<string, { count: number; since: number }>();
  return {
    isFull(key) {
      for (const [old, { since }] of counts) {
        if (since > now() - WINDOW) break;
        counts.delete(old);
      }
      return (counts.get(key)?.count ?? 0) >= most;
    },
    add(key) {
      const entry = counts.get(key) ?? { count: 0, since: now() };
      entry.count += 1;
      counts.set(key, entry);
      return () => {
        entry.count -= 1;
      };
    },
    clear: key => void counts.delete(key),
  };
}

/** The part of an address that one client can't change at will: a whole IPv4 address, the first 64 bits of IPv6. */
export function addressKey(address: string): string {
  const bare = address.replace(/^\[(.*)\](?::\d+)?$/, "$1").replace(/%.*$/, "");
  const plain = bare.replace(/^::ffff:(?=\d+\.)/i, "").replace(/^(\d+(?:\.\d+){3}):\d+$/, "$1");
  if (isIP(plain) !== 6) return plain.slice(0, 64).toLowerCase();
  const [head = "", tail] = plain.toLowerCase().split("::");
  const groups = head.split(":").filter(Boolean);
  const after = tail?.split(":").filter(Boolean) ?? [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after.length);
  const all = [...groups, ...Array.from({ length: zeros }, () => "0"), ...after];
  return all
    .slice(0, 4)
    .map(group => group.replace(/^0+(?=.)/, ""))
    .join(":");
}

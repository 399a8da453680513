/** How long to wait before try number `tried` + 1: doubles from 100 ms to 10 s, spread so that clients do not march in step. */
export function backoff(tried: number): number {
  const full = Math.min(10_000, 100 * 2 ** (tried - 1));
  return full / 2 + (Math.random() * full) / 2;
}

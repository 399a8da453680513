/** How a service answered last. */
export interface Health {
  ok: boolean;
  ms: number;
  version?: string;
  error?: string;
}

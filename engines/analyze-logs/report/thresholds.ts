import { z } from "zod";

/** When an analysis raises an alert: each is raised by more than this. */
export const thresholdsShape = z.strictObject({
  errorRate: z.number().min(0).max(100).optional().describe("Errors and worse, in percent of the lines understood."),
  errors: z.int().min(0).optional().describe("Lines of level error or critical."),
  critical: z.int().min(0).optional().describe("Lines of level critical."),
});

/** Thresholds as somebody writes them; what is left out holds as before. */
export type SomeThresholds = z.infer<typeof thresholdsShape>;

/** The thresholds that an analysis is held to. */
export interface Thresholds {
  errorRate: number;
  errors: number;
  critical: number;
}

/** The thresholds that hold where nobody says otherwise. */
export const USUAL: Thresholds = { errorRate: 10, errors: 100, critical: 5 };

/** Thresholds with what is said of them later; the last word counts. */
export function thresholdsOf(...said: readonly (SomeThresholds | undefined)[]): Thresholds {
  return said.reduce<Thresholds>((all, { errorRate, errors, critical } = {}) => {
    return {
      errorRate: errorRate ?? all.errorRate,
      errors: errors ?? all.errors,
      critical: critical ?? all.critical,
    };
  }, USUAL);
}

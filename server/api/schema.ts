import { z } from "zod";

/** The JSON Schema of what a shape takes; with "output", of what it gives. Read as JSON, so no shape is changed by it. */
export function schemaOf(shape: z.ZodType, io: "input" | "output" = "input"): Record<string, unknown> {
  return z.toJSONSchema(shape, { io, unrepresentable: "any" }) as Record<string, unknown>;
}

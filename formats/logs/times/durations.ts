/** In which unit whole numbers at the ends of lines count. */
export const DURATIONS = { seconds: "1d", milliseconds: "1000d", microseconds: "1000000d" } as const;

export type DurationUnit = keyof typeof DURATIONS;

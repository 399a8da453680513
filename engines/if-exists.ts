/** What a job may say of a target that is there already. */
export const IF_EXISTS = ["replace-own", "replace", "skip", "fail"] as const;
export type IfExists = (typeof IF_EXISTS)[number];

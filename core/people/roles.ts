/** What a person may do, least first: look at jobs, logs and audit; start jobs and see rows; everything. */
export const ROLES = ["viewer", "operator", "administrator"] as const;
export type Role = (typeof ROLES)[number];

/** Who asks. */
export interface Person {
  name: string;
  role: Role;
}

/** Whether a role is enough where another is needed. */
export function isEnough(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** What a person's name may be: it stands in job files, records, logs and addresses. */
export const PERSON_NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

import { isEnough, ROLES, type Role } from "../../core/people/roles.ts";
import { SettingsError } from "../../core/settings.ts";

/** One entry of OIDC_ROLES: whoever is in the group has the role. The group `*` is everybody. */
export interface GroupRole {
  group: string;
  role: Role;
}

/** Reads OIDC_ROLES: `data-admins=administrator; data-engineers=operator; *=viewer`. Throws a SettingsError. */
export function parseGroupRoles(text: string): GroupRole[] {
  const entries = text.split(";").map(entry => entry.trim());
  return entries.filter(Boolean).map(entry => {
    // The name of a group may have a = of its own: CN=Data,OU=Groups.
    const at = entry.lastIndexOf("=");
    const [group, written] = [entry.slice(0, Math.max(at, 0)).trim(), entry.slice(at + 1).trim()];
    const role = ROLES.find(known => known === written);
    if (role && group) return { group, role };
    throw new SettingsError(
      `OIDC_ROLES: "${entry}" is no group=role. Write entries such as data-engineers=operator with ; between them; the roles are ${ROLES.join(", ")}.`,
    );
  });
}

/** The highest role that somebody's groups give; undefined where none of them gives one. */
export function roleOfGroups(groups: readonly string[], rules: readonly GroupRole[]): Role | undefined {
  const given = rules.filter(({ group }) => group === "*" || groups.includes(group)).map(({ role }) => role);
  return given.reduce<Role | undefined>((best, role) => (best && isEnough(best, role) ? best : role), undefined);
}

import type { Person } from "../../core/people/roles.ts";
import { isEnough } from "../../core/people/roles.ts";
import type { TypePages } from "../../engines/portal/page.ts";
import type { NavigationLink, Sidebar } from "../../views/sidebar.ts";
import type { PortalStatus } from "./portal-status.ts";
import { overall } from "./portal-status.ts";

/** The sidebar for a person: the pages they may open, with counts, and the state of the services. */
export function navigationFor(
  person: Person,
  here: string,
  portalStatus: PortalStatus,
  pages: readonly TypePages[],
): Sidebar {
  const { ended } = portalStatus;
  const jobs: NavigationLink[] = [
    { name: "Running", href: "/jobs?state=running", count: portalStatus.running.length },
    { name: "Queued", href: "/jobs?state=queued", count: portalStatus.waiting },
    { name: "Failed", href: "/jobs?state=failed", count: ended.failed, bad: ended.failed > 0 },
    { name: "Succeeded", href: "/jobs?state=succeeded", count: ended.succeeded },
    ...(ended.cancelled > 0 ? [{ name: "Cancelled", href: "/jobs?state=cancelled", count: ended.cancelled }] : []),
    { name: "Schedules", href: "/schedules" },
    { name: "Rejected files", href: "/rejected", count: portalStatus.rejected, bad: portalStatus.rejected > 0 },
  ];
  const trust: NavigationLink[] = [
    { name: "Audit", href: "/audit" },
    { name: "Notifications", href: "/notifications" },
    { name: "System health", href: "/doctor" },
    ...(isEnough(person.role, "administrator") ? [{ name: "Users", href: "/people" }] : []),
  ];
  return {
    sections: [
      {
        links: [
          { name: "Overview", href: "/" },
          { name: "Tables", href: "/tables" },
        ],
      },
      { name: "Data movement", links: pages.flatMap(page => page.navigation ?? []) },
      { name: "Jobs", links: jobs },
      { name: "Governance", links: trust },
    ],
    here,
    health: overall(portalStatus),
    person,
  };
}

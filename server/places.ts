import type { JobPage } from "../engines/page.ts";
import type { Person } from "../jobs/people.ts";
import { isEnough } from "../jobs/people.ts";
import type { Place, Rail } from "../views/rail.ts";
import { overall } from "./service-words.ts";
import type { World } from "./world.ts";

/** The rail for a person: every place they may go to, and how the world is. */
export function railFor(person: Person, here: string, world: World, pages: readonly JobPage[]): Rail {
  const { ended } = world;
  const jobs: Place[] = [
    { name: "Running", href: "/jobs?state=running", count: world.running.length },
    { name: "Queued", href: "/jobs?state=queued", count: world.waiting },
    { name: "Failed", href: "/jobs?state=failed", count: ended.failed, bad: ended.failed > 0 },
    { name: "Succeeded", href: "/jobs?state=succeeded", count: ended.succeeded },
    ...(ended.cancelled > 0 ? [{ name: "Cancelled", href: "/jobs?state=cancelled", count: ended.cancelled }] : []),
    { name: "Schedules", href: "/schedules" },
    { name: "Rejected files", href: "/rejected", count: world.rejected, bad: world.rejected > 0 },
  ];
  const trust: Place[] = [
    { name: "Audit", href: "/audit" },
    { name: "Doctor", href: "/doctor" },
    ...(isEnough(person.role, "administrator") ? [{ name: "People", href: "/people" }] : []),
  ];
  return {
    sections: [
      { places: [{ name: "Now", href: "/" }] },
      { name: "Move", places: pages.flatMap(page => page.place ?? []) },
      { name: "Jobs", places: jobs },
      { name: "Trust", places: trust },
    ],
    here,
    health: overall(world),
    person,
  };
}

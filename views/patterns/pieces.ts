import { LOOKS, proof, type ShownState, state } from "../format/state.ts";
import { ago, since } from "../format/times.ts";
import { html, type View } from "../html.ts";
import { action, button, confirm, linkButton } from "../parts/button.ts";
import { card, head } from "../parts/card.ts";
import { copyable, facts, progress, strip } from "../parts/facts.ts";
import { checkbox, selectField, textArea, textField } from "../parts/form.ts";
import { filters, pager, tabs } from "../parts/list.ts";
import { table } from "../parts/table.ts";
import { breakable, tableName } from "../parts/table-name.ts";
import { noMatch, nothingYet, notice, verdict } from "../parts/verdict.ts";
import { CHARTS, type DrawnPattern } from "./drawn.ts";

const NOW = Date.parse("2026-11-23T09:45:00Z");
const all = Object.keys(LOOKS) as ShownState[];

/** Every piece in every state: for people, for tests. */
export const PIECES: readonly DrawnPattern[] = [
  { name: "state", states: Object.fromEntries(all.map(one => [one, () => state(one)])) },
  {
    name: "proof",
    states: Object.fromEntries(["equal", "agrees", "not checked", "differs"].map(one => [one, () => proof(one)])),
  },
  {
    name: "table name",
    states: {
      ...Object.fromEntries(
        ["hive.sales.orders", "snowflake.PORTAL.SALES.ORDERS", "orders.csv"].map(one => [one, () => tableName(one)]),
      ),
      "breaks after its dots": () => breakable("snowflake.PORTAL.SALES_ICEBERG.ORDERS"),
    },
  },
  {
    name: "verdict",
    states: Object.fromEntries(
      (["succeeded", "failed", "running", "queued", "cancelled", "skipped", "warning"] as const).map(one => [
        one,
        () =>
          verdict(
            one,
            `${LOOKS[one].word}: 3 of 4 tables`,
            ["Why it is so, in a sentence.", "What to do about it."],
            button("Do it"),
          ),
      ]),
    ),
  },
  {
    name: "notice",
    states: Object.fromEntries(
      (["good", "wait", "bad"] as const).map(one => [
        one,
        () => notice(one, "What was done, or what was wrong with it."),
      ]),
    ),
  },
  {
    name: "empty",
    states: {
      "nothing yet": () => nothingYet("There are no jobs yet.", html`<a href="/ingest">Ingest tables</a>`),
      "nothing that matches": () => noMatch("jobs", "/jobs"),
    },
  },
  {
    name: "button",
    states: {
      plain: () => button("Plain"),
      primary: () => button("Ingest 2 tables", { look: "primary" }),
      danger: () => button("Cancel", { look: "danger" }),
      disabled: () => button("Plan", { disabled: true }),
      link: () => linkButton("Goes somewhere", "/patterns"),
      form: () => action("/patterns", "Does one thing"),
      question: () =>
        confirm("Cancel 3 jobs…", "What they do in Spark is interrupted.", button("Cancel 3 jobs", { look: "danger" })),
    },
  },
  {
    name: "field",
    states: {
      empty: () => textField({ name: "f1", label: "Namespace", placeholder: "sales_iceberg" }),
      filled: () => textField({ name: "f2", label: "Namespace", value: "sales_iceberg", hint: "Where the tables go." }),
      wrong: () =>
        textField({ name: "f3", label: "Namespace", value: "sales iceberg", error: "Letters, digits and _ only." }),
      choice: () =>
        selectField({
          name: "f4",
          label: "If a table exists",
          value: "skip",
          options: [
            ["fail", "Fail"],
            ["skip", "Skip"],
          ],
        }),
      long: () => textArea({ name: "f5", label: "Job file", value: '{ "type": "ingest-hive" }', rows: 3, mono: true }),
      box: () => checkbox("f6", "then copy to Azure"),
      ticked: () => checkbox("f7", "then copy to Azure", { checked: true }),
      "not to be had": () => checkbox("f8", "ledger", { disabled: true }),
    },
  },
  {
    name: "progress",
    states: {
      known: () => progress("orders", 412, 1000, "412 of 1,000 tasks, 41%, about 9 min left"),
      unknown: () => progress("orders", undefined, undefined, "87 GB read, 210 MB a second"),
      done: () => progress("orders", 10, 10, "10 of 10 tasks"),
    },
  },
  {
    name: "time",
    states: {
      ago: () => ago("2026-11-23T09:42:00Z", NOW),
      "to come": () => ago("2026-11-23T09:50:00Z", NOW),
      running: () => since("2026-11-23T09:36:23Z", NOW),
    },
  },
  {
    name: "facts",
    states: {
      some: () =>
        facts([
          ["Id", html`<span class="mono">20261123T084803000Z-ingest-hive-k3f9q2</span>`],
          ["Started by", "anna"],
          ["Waited", "0:01"],
        ]),
    },
  },
  {
    name: "strip",
    states: {
      figures: () =>
        strip([
          { figure: 2, what: state("running", "running") },
          { figure: "1.2K", what: state("succeeded", "Succeeded today"), remark: "1.9 TB moved, all equal" },
        ]),
    },
  },
  { name: "copyable", states: { command: () => copyable("cp job.json queue/", "Command") } },
  {
    name: "head",
    states: {
      plain: () => head("Jobs"),
      "with tools": () =>
        head("Ingest 4 tables", { aside: state("running"), tools: button("Cancel", { look: "danger" }) }),
    },
  },
  {
    name: "card",
    states: {
      loose: () => card({ title: "Job", id: "pattern-loose" }, html`<p>What is in it.</p>`),
      tight: () =>
        card(
          { title: "Tables", id: "pattern-tight", look: "tight", aside: "2 of 4" },
          rows([["orders", "1204331002"]]),
        ),
    },
  },
  {
    name: "table",
    states: {
      rows: () =>
        rows([
          ["orders", "1204331002"],
          ["customers", "41"],
        ]),
      sorted: () => rows([["orders", "1204331002"]], true),
    },
  },
  {
    name: "filters",
    states: {
      bare: () => filters("/patterns", "pattern-list", textField({ name: "q", label: "Filter", type: "search" })),
      "in use": () =>
        filters(
          "/patterns",
          "pattern-list",
          textField({ name: "q", label: "Filter", type: "search", value: "orders" }),
          {
            clear: "/patterns",
            count: "6 of 214",
            label: "Find, in use",
          },
        ),
    },
  },
  {
    name: "pager",
    states: {
      first: () => pager({ older: "/patterns", label: "First page" }),
      middle: () =>
        pager({ newer: "/patterns", older: "/patterns", words: "page 2 of 9", label: "A page in the middle" }),
      last: () => pager({ newer: "/patterns", label: "Last page" }),
    },
  },
  {
    name: "tabs",
    states: {
      two: () =>
        tabs("Views", [
          { name: "Jobs", href: "/patterns", here: true, count: 12 },
          { name: "Tables", href: "/patterns", here: false, count: "1.2K" },
        ]),
    },
  },
  ...CHARTS,
];

/** Every piece in every state on one page. */
export function patternsPage(): View {
  return html`${head("Patterns", { aside: html`<span class="soft">every piece, in every state</span>` })}${PIECES.map(
    ({ name, states }) =>
      html`<section class="card" data-piece="${name}" aria-label="${name}"><header><h2>${name}</h2></header><div class="inside">${Object.entries(
        states,
      ).map(
        ([state, draw]) =>
          html`<div class="pattern" data-state="${state}"><p class="soft small">${state}</p>${draw()}</div>`,
      )}</div></section>`,
  )}`;
}

function rows(lines: readonly (readonly [string, string])[], sorted = false): View {
  return table(
    {
      caption: "Tables",
      columns: [
        {
          head: "Table",
          sort: "name",
          cell: ([name]) => html`<a href="/patterns">${name}</a><small class="mono">day, 365 partitions</small>`,
        },
        { head: "Rows", num: true, sort: "rows", cell: ([, count]) => count.replace(/\B(?=(\d{3})+$)/g, ",") },
      ],
      ...(sorted && { sorting: { by: "rows", descending: true, href: () => "/patterns" } }),
    },
    lines,
  );
}

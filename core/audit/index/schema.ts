/** Grows with every change of the tables below or of what is written into them: an older index is made anew. */
export const VERSION = 7;

/**
 * The figures of a job that may be added up. Rows and bytes go beyond 64 bits when they are, so each is kept in two
 * parts: see wide.ts. The time is in milliseconds.
 */
export const FIGURES = [
  ...["tables", "succeeded", "failed", "skipped", "rows_high", "rows_low", "bytes_high", "bytes_low"],
  ...["milliseconds", "equal", "agrees", "not_checked", "differs"],
] as const;

const figures = FIGURES.map(name => `"${name}" integer not null`).join(", ");

/** The values of `scope` in `rollup`: sums of everyone or of one person, by day or over all days. */
export const SCOPES = { everyone: { byDay: 0, ever: 2 }, person: { byDay: 1, ever: 3 } } as const;

/**
 * `key` is the time at which a job ended, and then its place in the chain: the newest first is the order of the keys,
 * also for the full text. `rollup` adds the figures up for each type and state: of everyone and of each person (''
 * is everyone), of each day and of all days ('' is all), under the four SCOPES. `state` says up to where audit.csv is known.
 * Every set of type, state and person has an index of jobs, so that a list comes in the order of the keys however rare they are.
 * `mentions` has the id that a job retries or undoes.
 * `copies` has the newest copy into each table, `lineages` what follows from them, a row for each table that was copied no
 * further; both are made again for the names in `stale`, which are those that a change of `outcomes` was about. A table with
 * thousands of copies has few comparisons, looks and undos, or none: an index each, so that no copy is read for them.
 */
export const SCHEMA = `
create table jobs (key integer primary key, id text not null unique, month text not null,
  finished text not null, day text not null, type text not null, status text not null, person text not null, ${figures}) strict;
create index jobs_by_status on jobs (status);
create index jobs_by_type on jobs (type);
create index jobs_by_type_status on jobs (type, status);
create index jobs_by_person on jobs (person);
create index jobs_by_person_status on jobs (person, status);
create index jobs_by_person_type on jobs (person, type);
create index jobs_by_all on jobs (person, type, status);
create table mentions (about text not null, job integer not null, primary key (about, job)) strict, without rowid;
create table details (key integer primary key, row text not null) strict;
create table texts (key integer primary key, text text not null) strict;
create virtual table grams using fts5 (text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1');
create table names (id integer primary key, name text not null unique, folded text not null) strict;
create index names_by_folded on names (folded);
create table outcomes (job integer not null, place integer not null, type text not null, source integer not null,
  target integer not null, outcome text not null, row text not null, primary key (job, place)) strict, without rowid;
create index outcomes_by_source on outcomes (source, outcome);
create index outcomes_by_target on outcomes (target);
create index outcomes_rare on outcomes (outcome, job) where outcome <> 'succeeded';
create index outcomes_compared on outcomes (target, source) where type = 'compare-tables';
create index outcomes_looked on outcomes (source, outcome) where type in ('check-drift', 'undo-job');
create index outcomes_undone on outcomes (target, outcome) where type = 'undo-job';
create table stale (name integer primary key) strict;
create table copies (target integer primary key, source integer not null, job integer not null) strict;
create index copies_by_source on copies (source);
create table lineages (last integer primary key, name text not null, last_name text not null, state text not null,
  urgency integer not null, place text not null, folded text not null, row text not null) strict;
create index lineages_by_urgency on lineages (urgency, name, last_name);
create index lineages_by_name on lineages (name, last_name);
create index lineages_by_state on lineages (state);
create index lineages_by_place on lineages (place, state);
create table rollup (scope integer not null, person text not null, day text not null, type text not null,
  status text not null, jobs integer not null, ${figures}, primary key (scope, person, day, type, status))
  strict, without rowid;
create table state (one integer primary key check (one = 1), version integer not null, inode text, offset integer,
  before blob) strict;
insert into state (one, version) values (1, 1);
pragma user_version = ${VERSION};`;

import type { DatabaseSync } from "node:sqlite";

/** A filter of a page under a name of its person. `query` is that of the page's address. */
export interface SavedView {
  name: string;
  query: string;
}

/** The views that people have saved of pages, each their own. */
export interface SavedViews {
  /** Somebody's views of a page, by name. */
  list(person: string, page: string): SavedView[];
  /** Saves a view; one of the same name is replaced. Throws a sentence where there are too many, or the name can't be one. */
  save(person: string, page: string, view: SavedView): void;
  remove(person: string, page: string, name: string): void;
}

const MOST = 50;
const LONGEST = 60;

/** The views in `people.db`. */
export function savedViews(db: DatabaseSync): SavedViews {
  const statements = {
    list: db.prepare("select name, query from views where person = ? and page = ? order by name"),
    save: db.prepare("insert or replace into views (person, page, name, query) values (?, ?, ?, ?)"),
    remove: db.prepare("delete from views where person = ? and page = ? and name = ?"),
  };
  const list = (person: string, page: string) =>
    statements.list.all(person, page).map(row => ({ name: String(row.name), query: String(row.query) }));
  return {
    list,
    save(person, page, { name, query }) {
      const said = name.replace(/\p{Cc}+/gu, " ").trim();
      if (said === "" || said.length > LONGEST) throw new Error(`A view has a name of at most ${LONGEST} characters.`);
      const others = list(person, page).filter(view => view.name !== said);
      if (others.length >= MOST) throw new Error(`You have ${MOST} views of this page: delete one first.`);
      statements.save.run(person, page, said, query);
    },
    remove: (person, page, name) => void statements.remove.run(person, page, name),
  };
}

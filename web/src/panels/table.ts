/** Tables: the rows stay the same elements while their text changes, so that focus and reading place are kept. */

import { button, el } from "../dom";

export interface Column<T> {
  title: string;
  cell: (row: T) => Node | string;
  kind?: "number" | "tight" | "count";
}

export interface TableOptions<T> {
  caption: string;
  columns: Column<T>[];
  key: (row: T) => string;
  empty: string;
  /** Makes the first cell of each row a button that selects it. */
  select?: (key: string) => void;
  mark?: (row: T) => string;
}

export class Table<T> {
  readonly element: HTMLElement;
  private readonly options: TableOptions<T>;
  private readonly body = el("tbody");
  private readonly empty: HTMLElement;
  private readonly table: HTMLTableElement;
  private readonly rows = new Map<string, HTMLTableRowElement>();

  constructor(options: TableOptions<T>) {
    this.options = options;
    const heads = options.columns.map((column) =>
      el("th", { scope: "col", class: column.kind === "number" || column.kind === "count" ? "number" : null }, column.title));
    this.table = el("table", {}, el("caption", { class: "unseen" }, options.caption), el("thead", {}, el("tr", {}, ...heads)), this.body);
    this.empty = el("p", { class: "quiet" }, options.empty);
    this.element = el("div", {}, this.table, this.empty);
  }

  /** Show rows in their order; the row with the key chosen is marked. */
  show(rows: readonly T[], chosen = ""): void {
    this.table.hidden = rows.length === 0;
    this.empty.hidden = rows.length > 0;
    const wanted = new Set<string>();
    rows.forEach((row, index) => {
      const key = this.options.key(row);
      wanted.add(key);
      const line = this.rows.get(key) ?? this.line(key);
      line.setAttribute("aria-selected", String(key === chosen));
      line.className = this.options.mark?.(row) ?? "";
      this.options.columns.forEach((column, at) => { fill(line.cells[at], column.cell(row)); });
      if (this.body.rows[index] !== line) this.body.insertBefore(line, this.body.rows[index] ?? null);
    });
    for (const [key, line] of this.rows) {
      if (wanted.has(key)) continue;
      line.remove();
      this.rows.delete(key);
    }
  }

  private line(key: string): HTMLTableRowElement {
    const { columns, select } = this.options;
    const line = el("tr", { "data-key": key });
    columns.forEach((column, at) => {
      const kind = column.kind === "count" ? "number count" : (column.kind ?? null);
      const cell = el("td", { class: kind });
      if (at === 0 && select) cell.append(button("", () => { select(key); }, { class: "link" }));
      line.append(cell);
    });
    this.rows.set(key, line);
    return line;
  }
}

function fill(cell: HTMLTableCellElement | undefined, content: Node | string): void {
  if (!cell) return;
  const target = cell.firstElementChild instanceof HTMLButtonElement && cell.firstElementChild.className === "link"
    ? cell.firstElementChild : cell;
  if (typeof content === "string") {
    if (target.textContent !== content) target.textContent = content;
  } else if (target.textContent !== content.textContent || target.childElementCount === 0) target.replaceChildren(content);
}

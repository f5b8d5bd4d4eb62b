import Table from 'cli-table3'

export interface Column<Row> {
  readonly title: string
  readonly align?: 'left' | 'right'
  cell(row: Row): string
}

/** Rows without rules or borders, two spaces between columns, as `git` and `gh` print them. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  head: (title: string) => string,
): string {
  const none = ''
  const table = new Table({
    head: columns.map((column) => head(column.title)),
    colAligns: columns.map((column) => column.align ?? 'left'),
    chars: {
      top: none,
      'top-mid': none,
      'top-left': none,
      'top-right': none,
      bottom: none,
      'bottom-mid': none,
      'bottom-left': none,
      'bottom-right': none,
      left: none,
      'left-mid': none,
      mid: none,
      'mid-mid': none,
      right: none,
      'right-mid': none,
      middle: '  ',
    },
    // cli-table3 colours heads and borders on its own, whatever NO_COLOR says, unless both are emptied.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  for (const row of rows) table.push(columns.map((column) => column.cell(row)))
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

import type { ProviderPage, ProviderRow, SchemeFacts } from '../core/provider-page.ts'
import { formatDuration } from '../core/units.ts'
import { sanitizeLine } from './sanitize.ts'
import type { Column } from './table.ts'
import { renderTable } from './table.ts'
import { cut, displayWidth, wrapped } from './text.ts'
import type { Theme } from './theme.ts'

/** Who signs and how, a row each; what gives way on a narrow terminal stands last. */
export function renderProviders(rows: readonly ProviderRow[], theme: Theme, columns: number): string {
  const idWidth = Math.max(...rows.map(({ id }) => id.length))
  const schemeRoom = Math.max(columns - idWidth - GAP, 8)
  const all: Column<ProviderRow>[] = [
    { title: 'PROVIDER', cell: ({ id }) => theme.id(sanitizeLine(id)) },
    {
      title: 'SCHEME',
      cell: ({ scheme }) =>
        scheme === '' ? theme.dim('none') : cut(scheme, schemeRoom, theme.symbols.ellipsis),
    },
    { title: 'WINDOW', align: 'right', cell: ({ windowS }) => (windowS === undefined ? '' : `${windowS} s`) },
    { title: 'SURE', cell: ({ sure }) => (sure === 'verified' ? theme.ok(sure) : theme.warn(sure)) },
    { title: 'SAMPLES', align: 'right', cell: ({ samples }) => (samples === 0 ? '' : String(samples)) },
    { title: 'SECRET', cell: ({ secret }) => secret },
    {
      title: 'HANDSHAKE',
      cell: ({ handshakes }) => cut(sanitizeLine(handshakes.join(', ')), 12, theme.symbols.ellipsis),
    },
  ]
  let kept = all
  while (kept.length > 2 && widthOf(kept, rows) > columns) kept = kept.slice(0, -1)
  return renderTable(kept, rows, theme.dim)
}

const GAP = 2

function widthOf(columns: readonly Column<ProviderRow>[], rows: readonly ProviderRow[]): number {
  const widths = columns.map((column) =>
    rows.reduce((most, row) => Math.max(most, displayWidth(column.cell(row))), column.title.length),
  )
  return widths.reduce((sum, width) => sum + width + GAP, -GAP)
}

/** The same for a pipe: tab-separated, nothing left out. */
export function providerRow({ id, scheme, windowS, secret, handshakes, samples, sure }: ProviderRow): string {
  return [id, scheme, windowS ?? '', secret, handshakes.join(','), samples, sure]
    .map((cell) => sanitizeLine(String(cell)))
    .join('\t')
}

type Row = readonly [name: string, text: string]

/** All there is to know of a provider, for people. */
export function renderProviderPage(page: ProviderPage, theme: Theme, columns: number | undefined): string {
  const width = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(columns - 16, 30)
  const sections: (readonly [title: string, rows: readonly Row[]])[] = [
    ['', headRows(page)],
    ...page.schemes.map((scheme) => [`Scheme ${scheme.name}`, schemeRows(scheme)] as const),
    ['Secret', secretRows(page)],
    ['Delivery', deliveryRows(page)],
    ['Quirks', page.quirks.map((quirk) => ['', quirk] as const)],
    ['Where its SDK is laxer than we are', page.laxer.map(({ sdk, note }) => [sdk, note] as const)],
    ['Sample events', page.events.map((event) => ['', event] as const)],
  ]
  const blocks = sections
    .filter(([, rows]) => rows.length > 0)
    .map(([title, rows]) => {
      const lines = rows.flatMap((row) => rowLines(row, width, theme))
      return title === '' ? lines.join('\n') : [theme.strong(sanitizeLine(title)), ...lines].join('\n')
    })
  return `${theme.strong(sanitizeLine(page.name))}\n${blocks.join('\n\n')}\n`
}

function rowLines([name, text]: Row, width: number, theme: Theme): string[] {
  const indent = name === '' ? 2 : 14
  const label = name === '' ? '  ' : `  ${theme.dim(sanitizeLine(name).padEnd(12))}`
  // A longer label has its text below it.
  if (name.length >= 12)
    return [label.trimEnd(), ...wrapped(sanitizeLine(text), width).map((line) => `    ${line}`)]
  const [first = '', ...rest] = wrapped(sanitizeLine(text), width)
  return [`${label}${first}`, ...rest.map((line) => `${' '.repeat(indent)}${line}`)]
}

function headRows({ id, aliases, docs, handshakes, confidence }: ProviderPage): Row[] {
  return [
    ['id', [id, ...aliases].join(', ')],
    ...(docs === undefined ? [] : [['documented', docs] as const]),
    ...(handshakes.length === 0 ? [] : [['challenges', handshakes.join(', ')] as const]),
    [
      'how sure',
      `signature ${confidence.signature}, events ${confidence.events}, delivery ${confidence.delivery}`,
    ],
  ]
}

function schemeRows(scheme: SchemeFacts): Row[] {
  const { timestamp, id } = scheme
  return [
    ['algorithm', `${scheme.algorithm}${scheme.encoding === 'raw' ? '' : `, in ${scheme.encoding}`}`],
    [scheme.place.includes(':') ? 'found in' : 'header', `${scheme.place}: ${scheme.format}`],
    ...(scheme.content === '' ? [] : [['signed', scheme.content] as const]),
    ['key', scheme.key],
    ...(id === undefined ? [] : [['id', id] as const]),
    ...(timestamp === undefined
      ? []
      : [
          [
            'time',
            `${timestamp.place}, ${UNITS[timestamp.unit] ?? timestamp.unit}, ${timestamp.toleranceS === undefined ? 'no limit' : `${timestamp.toleranceS} s either way`}`,
          ] as const,
        ]),
  ]
}

const UNITS: Readonly<Record<string, string>> = { s: 'in seconds', ms: 'in milliseconds', iso: 'in ISO 8601' }

function secretRows({ env, secret, options, schemes }: ProviderPage): Row[] {
  if (schemes.length === 0) return []
  return [
    ...(env === undefined ? [] : [['variable', env] as const]),
    ...(secret === '' ? [] : [['form', secret] as const]),
    ...options.map(({ name, about }) => [`${name}=`, about] as const),
  ]
}

function deliveryRows({ ack, retry }: ProviderPage): Row[] {
  const rows: Row[] = []
  if (ack !== undefined) {
    const { codes, deadlineMs, body, note } = ack
    const parts = [
      codes,
      deadlineMs === undefined ? undefined : `within ${formatDuration(deadlineMs)}`,
      body === undefined ? undefined : `with ${body}`,
    ]
    rows.push([
      'success',
      `${parts.filter((part) => part !== undefined).join(' ')}${note === undefined ? '' : `; ${note}`}`,
    ])
  }
  if (retry !== undefined) {
    const shown = retry.delaysS
      .slice(0, 10)
      .map((seconds) => (seconds === 0 ? 'no time' : formatDuration(seconds * 1000)))
    const more = retry.delaysS.length > 10 ? `, … ${retry.delaysS.length} times in all` : ''
    const times = shown.length === 0 ? 'none' : `after ${shown.join(', ')}${more}`
    rows.push(['retries', `${times}${retry.note === undefined ? '' : `; ${retry.note}`}`])
  }
  return rows
}

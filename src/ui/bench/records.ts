import type { BenchResult, ModeResult, Stat } from '../../core/bench/result.ts'
import { namedModes } from './names.ts'

type Value = string | number | boolean | undefined

/** Everything there is to say of a mode, as plain columns. */
const FIELDS: readonly (readonly [title: string, read: (mode: ModeResult) => Value])[] = [
  ['kind', ({ kind }) => kind],
  ['interval_ms', ({ intervalMs }) => intervalMs],
  ['offered', ({ offered }) => offered],
  ['detected', ({ detected }) => detected],
  ['coalesced', ({ coalesced }) => coalesced],
  ['missed', ({ missed }) => missed],
  ['duplicates', ({ duplicates }) => duplicates],
  ['out_of_order', ({ outOfOrder }) => outOfOrder],
  ...(['mean', 'p50', 'p90', 'p95', 'p99'] as const).flatMap((name) => [
    field(`${name}_ms`, name, ({ value }) => value),
    field(`${name}_low`, name, ({ ci95 }) => ci95?.[0]),
    field(`${name}_high`, name, ({ ci95 }) => ci95?.[1]),
  ]),
  ['min_ms', ({ delayMs }) => delayMs.min],
  ['max_ms', ({ delayMs }) => delayMs.max],
  ['sd_ms', ({ delayMs }) => delayMs.sd],
  ['model_mean_ms', ({ model }) => model?.meanMs],
  ['ks', ({ model }) => model?.ks],
  ['ks_limit', ({ model }) => model?.ksLimit],
  ['fit', ({ model }) => model?.fit],
  ['requests', ({ requests }) => requests],
  ['requests_per_event', ({ requestsPerEvent }) => requestsPerEvent],
  ['empty_200', ({ empty200 }) => empty200],
  ['not_modified', ({ notModified }) => notModified],
  ['errors', ({ errors }) => errors],
  ['retries', ({ retries }) => retries],
  ['bytes_per_event', ({ bytes }) => bytes.perEvent],
  ['client_cpu_us', ({ cpuUs }) => cpuUs?.client],
  ['server_cpu_us', ({ cpuUs }) => cpuUs?.server],
  ['freshness', ({ freshness }) => freshness],
  ['mean_age_ms', ({ meanAgeMs }) => meanAgeMs],
]

/** A figure of too few events is no figure. */
function field(
  title: string,
  name: 'mean' | 'p50' | 'p90' | 'p95' | 'p99',
  read: (stat: Stat) => number | undefined,
): readonly [string, (mode: ModeResult) => Value] {
  return [title, ({ delayMs }) => (delayMs[name].needN === undefined ? read(delayMs[name]) : undefined)]
}

/** A head and a row for each mode: plain values for programs, empty where there is no figure. */
export function modeRecords(result: BenchResult): string[][] {
  const rows = namedModes(result).map(({ label, mode }) => [
    label,
    ...FIELDS.map(([, read]) => valueText(read(mode))),
  ])
  return [['mode', ...FIELDS.map(([title]) => title)], ...rows]
}

/** The same for a pipe: tab-separated, nothing left out. */
export function renderBenchRows(result: BenchResult): string {
  return modeRecords(result)
    .map((row) => `${row.join('\t')}\n`)
    .join('')
}

function valueText(value: Value): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(Number(value.toFixed(4))) : ''
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return value ?? ''
}

import type { BenchResult } from '../../core/bench/result.ts'
import { modeRecords } from './records.ts'

/** One row for each mode below a head line, RFC 4180. */
export function benchToCsv(result: BenchResult): string {
  return modeRecords(result)
    .map((row) => `${row.map(field).join(',')}\r\n`)
    .join('')
}

/** A spreadsheet would run what begins like a formula; a quote before it makes it text. */
function field(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(?:\.\d+)?$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}

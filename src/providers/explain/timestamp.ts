import type { Scheme, TimestampRule } from '../types.ts'
import { timestampHeaders } from './other-provider.ts'
import type { Attempt, Subject } from './subject.ts'
import { shown, withHeaderOf, withScheme } from './subject.ts'

const UNITS = ['s', 'ms', 'iso'] as const satisfies readonly TimestampRule['unit'][]

/** The same time, read in another unit. */
export function* timestampUnit({ schemes, provider }: Subject): Generator<Attempt> {
  for (const scheme of schemes) {
    const { timestamp } = scheme
    if (timestamp === undefined) continue
    for (const unit of UNITS) {
      if (unit === timestamp.unit) continue
      yield {
        cause: { code: 'timestamp-unit', data: { unit, expected: timestamp.unit } },
        provider: withScheme(provider, { ...scheme, timestamp: { ...timestamp, unit } }),
      }
    }
  }
}

/** The time that another header holds. */
export function* timestampSource(subject: Subject): Generator<Attempt> {
  for (const scheme of subject.schemes) {
    const header = timestampHeaderOf(scheme)
    if (header === undefined) continue
    for (const [name, value] of timestampHeaders(subject)) {
      if (name.toLowerCase() === header.toLowerCase()) continue
      yield {
        cause: { code: 'timestamp-source', data: { header: shown(name, subject) } },
        request: withHeaderOf(subject.request, header, value),
        provider: withScheme(subject.provider, scheme),
      }
    }
  }
}

function timestampHeaderOf({ timestamp }: Scheme): string | undefined {
  return timestamp?.from.startsWith('header:') === true ? timestamp.from.slice('header:'.length) : undefined
}

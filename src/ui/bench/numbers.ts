import type { Stat } from '../../core/bench/result.ts'

/** What an interval supports: two digits of its half-width. The clock itself is good to a hundredth of a millisecond. */
function decimalsOf([low, high]: readonly [number, number]): number {
  const half = (high - low) / 2
  return half > 0 ? Math.min(1 - Math.floor(Math.log10(half)), 2) : 2
}

/** A number rounded to so many decimals; a negative number of them rounds to tens and hundreds. */
function rounded(value: number, decimals: number): string {
  if (decimals >= 0) return value.toFixed(decimals)
  const unit = 10 ** -decimals
  return String(Math.round(value / unit) * unit)
}

/** A figure with the digits its interval supports; undefined where there were too few events to know it. */
export function statText({ value, ci95 }: Stat): string | undefined {
  return ci95 === undefined || !Number.isFinite(value) ? undefined : rounded(value, decimalsOf(ci95))
}

/** `49.3 [45.2, 53.4]` */
export function intervalText({ value, ci95 }: Stat): string | undefined {
  if (ci95 === undefined || !Number.isFinite(value)) return undefined
  const decimals = decimalsOf(ci95)
  const [low, high] = ci95
  return `${rounded(value, decimals)} [${rounded(low, decimals)}, ${rounded(high, decimals)}]`
}

/** A number beside a figure, no finer than that. */
export function alike(value: number, { ci95 }: Stat): string {
  return ci95 === undefined ? significant(value) : rounded(value, decimalsOf(ci95))
}

/** Two or three digits that matter, never in exponents: 0.85, 47, 1230. */
export function significant(value: number, digits = 2): string {
  if (!Number.isFinite(value)) return String(value)
  if (value === 0) return '0'
  return rounded(value, Math.min(digits - 1 - Math.floor(Math.log10(Math.abs(value))), 4))
}

/** `0.85 ms`, `47 ms`, `2.5 s`, `2.5 min`, `1 h`: for sentences and axes. */
export function duration(ms: number, digits = 2): string {
  const plain = (value: number): string => {
    const text = significant(value, digits)
    return text.includes('.') ? text.replace(/\.?0+$/, '') : text
  }
  const shown = Number(significant(ms, digits))
  if (shown < 1000) return `${plain(ms)} ms`
  if (shown < 60_000) return `${plain(ms / 1000)} s`
  if (ms < 3_600_000) return `${plain(ms / 60_000)} min`
  return `${plain(ms / 3_600_000)} h`
}

/** `39 %`, `98.3 %`, `0.4 %`: finer near the ends, and never 100 % or 0 % of what is not all or nothing. */
export function percent(value: number): string {
  if (value > 0 && value < 0.95) return `${significant(value, 1)} %`
  if (value <= 95 || value >= 100) return `${Math.round(value)} %`
  return `${(Math.floor(value * 10 + 1e-9) / 10).toFixed(1)} %`
}

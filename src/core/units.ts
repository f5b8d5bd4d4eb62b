const SIZE_UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1024,
  kib: 1024,
  mb: 1024 ** 2,
  mib: 1024 ** 2,
  gb: 1024 ** 3,
  gib: 1024 ** 3,
}

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** Bytes of `25mb`, `64 KiB`, `1024`; a kb is 1,024 bytes. Undefined where it is not a size. */
export function parseSize(text: string): number | undefined {
  return parseQuantity(text, SIZE_UNITS, 'b')
}

/** Milliseconds of `30s`, `1.5h`, `250ms`; a bare number is seconds. Undefined where it is not a duration. */
export function parseDuration(text: string): number | undefined {
  return parseQuantity(text, DURATION_UNITS, 's')
}

function parseQuantity(
  text: string,
  units: Readonly<Record<string, number>>,
  bareUnit: string,
): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,6})?) ?([a-z]{0,3})$/i.exec(text.trim())
  if (match === null) return undefined
  const unit = (match[2] ?? '').toLowerCase() || bareUnit
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined
  if (factor === undefined) return undefined
  const quantity = Math.round(Number(match[1]) * factor)
  return Number.isSafeInteger(quantity) ? quantity : undefined
}

/** `512 B`, `2.1 kB`, `25.0 MB`: decimal units, as file managers and browsers show them. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 999_950) return `${(bytes / 1000).toFixed(1)} kB`
  if (bytes < 999_950_000) return `${(bytes / 1_000_000).toFixed(1)} MB`
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`
}

/** `41 ms`, `3.2 s`, `2 m 04 s`, `3 h 12 m`, `12 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, '0')} s`
  const hours = Math.floor(seconds / 3600)
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`
  return `${hours} h ${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')} m`
}

/** `just now`, `16 s ago`, `5 min ago`, `3 h ago`, `yesterday`, `4 days ago`. */
export function formatAge(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 5) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  const days = Math.floor(seconds / 86_400)
  return days === 1 ? 'yesterday' : `${days} days ago`
}

/** `1 request`, `12 requests`. */
export function formatCount(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

/** How far a time lies behind or, if negative, ahead: `6 m 40 s old`, `2 h 00 m in the future`. */
export function formatSkew(skewMs: number): string {
  return skewMs < 0 ? `${formatDuration(-skewMs)} in the future` : `${formatDuration(skewMs)} old`
}

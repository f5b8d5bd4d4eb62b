import { formatDuration } from '../../core/units.ts'
import type { Output } from '../io.ts'
import type { Talk } from '../talk.ts'
import { besideOrBelow } from '../text.ts'
import type { Theme } from '../theme.ts'

/** Where the values of a banner begin, in columns. */
export const BANNER_INDENT = 17

export interface BannerOptions {
  readonly version: string
  readonly stdout: Output
  readonly theme: Theme
  readonly talk: Talk
}

/** The first line of a banner: `webhook-cli serve 0.1.0   ready in 85 ms`. */
export function bannerTitle(name: string, startMs: number, { theme, talk, version }: BannerOptions): void {
  talk.line('')
  talk.line(`  ${theme.strong(name)} ${version}   ready in ${formatDuration(startMs)}`)
  talk.line('')
}

/** One fact of a banner, with a note beside it or, on a narrow terminal, below. */
export function bannerRow(
  name: string,
  value: string,
  note: string,
  { theme, talk, stdout }: BannerOptions,
): void {
  const left = `  ${theme.ok(theme.symbols.point)}  ${name.padEnd(10)}  ${value}`
  const right = note === '' ? '' : theme.dim(note)
  talk.line(besideOrBelow(left, right, { columns: stdout.columns(), gap: 3, indent: BANNER_INDENT }))
}

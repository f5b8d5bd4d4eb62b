import { sanitizeLine } from './sanitize.ts'
import type { Output } from './io.ts'
import type { Spinner } from './progress.ts'
import { startSpinner } from './progress.ts'
import type { Theme } from './theme.ts'

/** What we say on stderr, beside the data on stdout. */
export interface Talk {
  line(text: string): void
  /** A path for people: `~` for their home directory, nothing hostile in it. */
  path(path: string): string
  startWaiting(what: string): void
  /** Resolves when nothing of it is left on the terminal; undefined where there was nothing to take away. */
  stopWaiting(): Promise<void> | undefined
  readonly hasKeys: boolean
  keysLine(): string
}

export interface TalkOptions {
  readonly stderr: Output
  readonly theme: Theme
  readonly home: string | undefined
  /** Spinners are for people at a terminal, not for logs. */
  readonly animate: boolean
  readonly keys: readonly { readonly key: string; readonly what: string }[]
}

export function createTalk({ stderr, theme, home, animate, keys }: TalkOptions): Talk {
  let spinner: Spinner | undefined
  let waiting = false
  const line = (text: string): void => {
    spinner?.pause()
    stderr.write(`${text}\n`)
    spinner?.resume()
  }
  return {
    line,
    path: (path) =>
      sanitizeLine(home !== undefined && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path),
    startWaiting(what) {
      waiting = true
      const text = `  ${what}${theme.symbols.ellipsis}`
      if (!animate) return line(theme.dim(text))
      void (async () => {
        spinner = await startSpinner(stderr, what + theme.symbols.ellipsis, () => waiting)
      })()
    },
    stopWaiting() {
      waiting = false
      if (spinner === undefined) return undefined
      spinner.stop()
      spinner = undefined
      return stderr.drained()
    },
    hasKeys: keys.length > 0,
    keysLine: () =>
      keys
        .map(({ key, what }) => `${theme.id(key)} ${theme.symbols.enter} ${what}`)
        .join(` ${theme.symbols.dot} `),
  }
}

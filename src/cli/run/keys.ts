import type { Destination } from '../../app/forward/destinations.ts'
import type { Reporter, Store } from '../../core/ports.ts'
import { shortId } from '../../ui/lines.ts'
import type { Talk } from '../../ui/talk.ts'
import type { CliDeps } from '../deps.ts'
import type { Session } from '../session.ts'

/**
 * What can be typed while `listen` runs, each followed by Enter. Lines, not single keys: in raw mode Ctrl-C and
 * Ctrl-Z would have to be made anew, and a crash would leave the terminal broken.
 */
export const listenKeys = [
  { key: 'r', what: 'replay last' },
  { key: 's', what: 'show last' },
  { key: 'c', what: 'clear screen' },
  { key: 'q', what: 'quit' },
] as const

export interface KeyContext {
  readonly store: Store
  readonly reporter: Reporter
  /** Where requests are passed on to. */
  readonly destinations: readonly Destination[]
  readonly talk: Talk
  readonly session: Session
  readonly deps: CliDeps
  quit(): void
}

export function runKey(line: string, context: KeyContext): void {
  switch (line.toLowerCase()) {
    case '':
      return
    case 'q':
      context.quit()
      return
    case 'c':
      context.deps.io.stderr.write('\x1b[2J\x1b[3J\x1b[H')
      return
    case 'r':
      void import('./replay-last.ts').then(({ replayLast }) => replayLast(context))
      return
    case 's':
      void showLast(context)
      return
    default:
      context.talk.line(`  ${context.talk.keysLine()}`)
  }
}

async function showLast({ store, talk, session, deps }: KeyContext): Promise<void> {
  try {
    const stored = await store.get('last')
    const { renderDetail } = await import('../../ui/detail.ts')
    const { io } = deps
    const text = renderDetail(stored, {
      theme: session.out,
      columns: io.stdout.columns(),
      now: io.clock.now(),
      id: shortId(stored.request.id),
      whole: false,
    })
    await talk.stopWaiting()
    io.stdout.write(text)
  } catch {
    talk.line('  nothing captured yet')
  }
}

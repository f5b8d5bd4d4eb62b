import { beforeEach, describe, expect, test } from 'vitest'
import type { Output } from '../../src/ui/io.ts'
import { systemClock } from '../../src/ui/io.ts'
import { createPrettyReporter } from '../../src/ui/reporters/pretty.ts'
import { createServiceReporter } from '../../src/ui/reporters/service.ts'
import { createTalk } from '../../src/ui/talk.ts'
import { createTheme } from '../../src/ui/theme.ts'
import { named } from '../../src/core/request.ts'
import { requestOf, UNKNOWN } from '../store/samples.ts'

/** A terminal's lines, in the order in which both streams brought them. */
let screen: string
const terminal: Output = {
  isTTY: true,
  columns: () => 100,
  write(data) {
    screen += Buffer.from(data).toString()
    return true
  },
  drained: () => Promise.resolve(),
  closed: false,
}
const theme = createTheme({ colour: false, unicode: true })
const talk = createTalk({ stderr: terminal, theme, home: undefined, animate: false, keys: [] })
const options = { version: '0', stdout: terminal, theme, talk, clock: systemClock, quiet: false }

beforeEach(() => {
  screen = ''
})

describe('the last line stands below what came in the last moment', () => {
  test('of listen', async () => {
    const reporter = createPrettyReporter(options)
    const request = named(requestOf(), 'k7m2q4xz', 1)
    reporter.report({ type: 'request', request, assessment: UNKNOWN })
    const summary = { captured: 1, invalid: 0, refused: 0, durationMs: 5 }
    reporter.report({ type: 'stopped', summary })
    await reporter.close(1000)
    expect(screen).toMatch(/k7m2\n {2}stopped after 5 ms {3}1 captured\n$/)
  })

  test('of serve', async () => {
    const reporter = createServiceReporter({ ...options, json: false })
    reporter.report({ type: 'event', at: 0, seq: 1, id: 'evt_1', event: 'order.created' })
    reporter.stopped(5)
    await reporter.close(1000)
    expect(screen).toMatch(/order\.created.*\n {2}stopped after 5 ms .*1 event .*\n$/)
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createTheme } from '../../src/ui/theme.ts'
import { commandWords, connectionWords, fileWords, listeningWords, outcomeWords } from '../../src/ui/words.ts'

const SRC = join(import.meta.dirname, '../../src')
/** A code in an answer of ours, and one that a server's parser gives: neither is an outcome. */
const NO_OUTCOMES: ReadonlySet<string> = new Set(['TOO_LARGE', 'ERR_HTTP_REQUEST_TIMEOUT'])

/** Every code of our own in the code that sends requests and runs commands. */
function ownCodes(): readonly string[] {
  const codes = new Set<string>()
  for (const floor of ['http', 'exec', 'app']) {
    for (const name of readdirSync(join(SRC, floor), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue
      const text = readFileSync(join(SRC, floor, name), 'utf8')
      const literals = [
        ...text.matchAll(/'((?:ERR_|UND_ERR_)?[A-Z]+(?:_[A-Z]+)+)'/g),
        ...text.matchAll(/(?:notRun|giveUp)\('([A-Z_]+)'\)/g),
      ]
      for (const [, code = ''] of literals)
        if (!code.startsWith('HPE_') && !code.startsWith('WEBHOOK_')) codes.add(code)
    }
  }
  return [...codes].filter((code) => !NO_OUTCOMES.has(code)).toSorted()
}

describe('codes that reach a user have words', () => {
  test('there are some', () => {
    expect(ownCodes()).toEqual(
      expect.arrayContaining(['INTERRUPTED', 'METADATA_ADDRESS', 'NEEDS_SHELL', 'NO_ANSWER', 'NOT_LOOPBACK']),
    )
  })

  test.each(ownCodes())('%s', (code) => {
    const words = [connectionWords(code), commandWords({ status: code })].filter((text) => text !== code)
    expect(words).not.toEqual([])
  })

  test.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    'EHOSTUNREACH',
    'EPROTO',
    'CERT_HAS_EXPIRED',
    'HPE_INVALID_CONSTANT',
  ])('%s of a connection', (code) => expect(connectionWords(code)).toMatch(/^[a-z][a-zA-Z -]+$/))

  test.each(['ENOENT', 'EACCES', 'SIGKILL', 3])('%s of a command', (status) => {
    const outcome = {
      kind: 'exit',
      status,
      timedOut: false,
      output: new Uint8Array(),
      outputSize: 0,
    } as const
    const words = commandWords(outcome)
    expect(words).toMatch(/^[a-z][a-zA-Z0-9 -]+$/)
    const theme = createTheme({ colour: false, unicode: true })
    expect(outcomeWords({ outcome, durationMs: 1 }, theme)).toContain(words)
  })

  test.each(['ENOENT', 'EISDIR', 'EACCES', 'ENOSPC'])('%s of a file', (code) =>
    expect(fileWords(code)).toMatch(/^[a-z][a-z -]+$/),
  )

  test.each(['EACCES', 'EADDRNOTAVAIL'])('%s of a port', (code) =>
    expect(listeningWords(code)).toMatch(/^[a-z][a-z -]+$/),
  )

  test('one that nobody knows is shown as it is, and does not act on a terminal', () => {
    for (const words of [connectionWords, fileWords, listeningWords])
      expect(words('E\x1b[2J')).toBe(String.raw`E\x1b[2J`)
    expect(commandWords({ status: 'E\x1b[2J' })).toBe(String.raw`E\x1b[2J`)
  })
})

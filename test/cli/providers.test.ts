import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { PROVIDERS } from '../../src/providers/table/index.ts'
import { createBench } from '../helpers/cli.ts'

const bench = createBench()
afterAll(() => bench.remove())

describe('providers', () => {
  test('all of them, a row each, as a table and for a pipe', async () => {
    const piped = (await bench.run(['providers'])).stdout.trim().split('\n')
    expect(piped).toHaveLength(PROVIDERS.length)
    expect(piped.length).toBeGreaterThanOrEqual(70)
    expect(piped.find((line) => line.startsWith('stripe\t'))).toBe(
      'stripe\thmac-sha256 hex\t300\twhsec_…\t\t9\tverified',
    )
    const { stdout, stderr } = await bench.run(['providers'], { columns: 110, env: { NO_COLOR: '1' } })
    expect(stdout).toMatch(/^PROVIDER +SCHEME +WINDOW +SURE +SAMPLES +SECRET +HANDSHAKE\n/)
    expect(stderr).toContain(`${PROVIDERS.length} providers`)
  })

  test.each([120, 100, 80, 60, 40])('at %i columns no row is wider than the terminal', async (columns) => {
    const { stdout } = await bench.run(['providers'], { columns, env: { NO_COLOR: '1' } })
    expect(stdout.split('\n').filter((line) => line.length > columns)).toEqual([])
  })

  test.each(PROVIDERS.map(({ id }) => id))(
    'the page of %s fits 80 columns but for what cannot be broken',
    async (id) => {
      const { status, stdout } = await bench.run(['providers', id], { columns: 80, env: { NO_COLOR: '1' } })
      expect(status).toBe(0)
      expect(stdout).toContain(`  id          ${id}`)
      expect(stdout).not.toContain('undefined')
      const long = stdout
        .split('\n')
        .filter((line) => line.length > 80 && line.trim().split(/ {2,}/).at(-1)?.includes(' ') === true)
      expect(long).toEqual([])
    },
  )

  test('a page says how to sign, what counts as success, when it is tried again, what is odd', async () => {
    const { stdout } = await bench.run(['providers', 'stripe'])
    for (const fact of [
      /^Stripe\n/,
      /header +Stripe-Signature: t=\{t\},v1=\{sig\}/,
      /signed +\{t\}\.\{body\}/,
      /time +in the signature, in seconds, 300 s either way/,
      /variable +STRIPE_WEBHOOK_SECRET/,
      /success +2xx/,
      /retries +after 1 h 00 m, 2 h 00 m/,
      /Quirks\n[\s\S]*whsec_/,
      /laxer[\s\S]*future|laxer[\s\S]*past/,
      /charge\.succeeded/,
    ])
      expect(stdout).toMatch(fact)
  })

  test('--json has the same facts', async () => {
    const lines = (await bench.run(['providers', '--json'])).stdout.trim().split('\n')
    expect(lines).toHaveLength(PROVIDERS.length)
    expect(JSON.parse((await bench.run(['providers', 'slack', '--json'])).stdout)).toMatchObject({
      id: 'slack',
      windowS: 300,
      handshakes: ['url_verification'],
      ack: { codes: '2xx', deadlineMs: 3000 },
      env: 'SLACK_SIGNING_SECRET',
    })
  })

  test('an alias, a file of one’s own, and what is not there', async () => {
    expect((await bench.run(['providers', 'standard'])).stdout).toContain('Standard Webhooks')
    writeFileSync(
      join(bench.home, 'mine.json'),
      '{"id":"mine","schemes":[{"algorithm":"hmac-sha256","signature":"header:X-Mine"}],"quirks":["\\u001b[2J"]}',
    )
    const mine = await bench.run(['providers', './mine.json'])
    expect(mine.stdout).toMatch(/header +X-Mine: \{sig\}/)
    expect(mine.stdout).not.toContain('\x1b')
    expect(await bench.run(['providers', 'strpe'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('close: stripe') as string,
    })
  })
})

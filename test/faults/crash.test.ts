import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createHome, runCli, startListen } from '../helpers/spawn.ts'
import { startLoad } from '../helpers/load.ts'
import { checkIntegrity } from '../helpers/store.ts'

let home: string
let remove: () => void
beforeEach(() => {
  ;({ home, remove } = createHome())
})
afterEach(() => remove())

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const bodyOf = (key: string): string => key.repeat(100 + (Number(key.slice(1)) % 50))

interface Listed {
  readonly target: string
  readonly body: { readonly data: string }
}

async function stored(): Promise<Map<string, string>> {
  const { stdout } = await runCli(['list', '--json', '--bodies', '-n', '1000000'], { home })
  const rows = stdout.toString('utf8').trim().split('\n').filter(Boolean)
  return new Map(
    rows.map((row) => {
      const { target, body } = JSON.parse(row) as Listed
      return [target.slice(1), sha256(Buffer.from(body.data))] as const
    }),
  )
}

test('R-CAP-1: kill -9 loses no acknowledged request', { timeout: 600_000 }, async () => {
  const KILLS = Number(process.env['KILLS'] ?? 20)
  const acked: string[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const listening = await startListen(['--keep', '0'], { home })
    const load = startLoad(
      listening.port,
      8,
      bodyOf,
      `${String.fromCharCode(97 + (kill % 26))}${kill}x`.replace(/\d+x/, `${kill}0000`),
    )
    // Somewhere in the run: after a number of answers that differs each time.
    await load.acked(1 + ((kill * 37) % 120))
    listening.child.kill('SIGKILL')
    await listening.ended
    await load.stop()
    acked.push(...load.sent.filter(({ status }) => status === 200).map(({ key }) => key))
  }
  const kept = await stored()
  const lost = acked.filter((key) => kept.get(key) !== sha256(Buffer.from(bodyOf(key))))
  const integrity = checkIntegrity(join(home, '.local/state/webhook-cli/requests.db'))
  console.log(
    `R-CAP-1: ${KILLS} kills, ${acked.length} acknowledged, ${lost.length} lost, ${kept.size - acked.length} stored without an answer, integrity ${integrity}`,
  )
  expect(acked.length).toBeGreaterThan(KILLS * 20)
  expect(lost).toEqual([])
  expect(integrity).toBe('ok')
})

test(
  'R-LIF-1: SIGTERM at any moment keeps every acknowledged request and ends with 0',
  { timeout: 600_000 },
  async () => {
    const STOPS = Number(process.env['STOPS'] ?? 100)
    const acked: string[] = []
    for (let stop = 0; stop < STOPS; stop++) {
      const listening = await startListen(['--keep', '0'], { home })
      const load = startLoad(listening.port, 4, bodyOf, `t${stop}0000`)
      await load.acked(1 + ((stop * 13) % 40))
      listening.child.kill('SIGTERM')
      const ended = await listening.ended
      await load.stop()
      expect(ended).toEqual({ code: 0, signal: null })
      acked.push(...load.sent.filter(({ status }) => status === 200).map(({ key }) => key))
    }
    const kept = await stored()
    const lost = acked.filter((key) => kept.get(key) !== sha256(Buffer.from(bodyOf(key))))
    console.log(`R-LIF-1: ${STOPS} stops under load, ${acked.length} acknowledged, ${lost.length} lost`)
    expect(lost).toEqual([])
  },
)

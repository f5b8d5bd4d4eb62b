import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startApp } from '../helpers/app-server.ts'
import { post } from '../helpers/post.ts'
import { runCli, startListen } from '../helpers/spawn.ts'
import { testHome } from '../helpers/test-home.ts'

const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'
if (!existsSync(FAKETIME)) console.log('skipped: no libfaketime to set the clock with')

const here = testHome()
const RETRY_MS = 500

test.runIf(existsSync(FAKETIME))(
  'R-CAP-15: when the clock jumps by hours, the order is that of arrival, and no retry waits for it to come back',
  { timeout: 60_000 },
  async () => {
    const tries = new Map<string, number[]>()
    const app = await startApp(({ url, at }) => {
      const times = [...(tries.get(url) ?? []), at]
      tries.set(url, times)
      return { status: times.length < 4 ? 503 : 200 }
    })
    here.cleanUp(() => app.close())
    const file = join(here.home, 'clock')
    const setClock = (hours: number): void => writeFileSync(file, `${hours >= 0 ? '+' : ''}${hours}h\n`)
    setClock(0)
    const env = {
      LD_PRELOAD: FAKETIME,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    }
    const flags = ['--respond', '202', '--retries', '5', '--backoff', `fixed:${RETRY_MS}ms`]
    const listening = here.watched(await startListen([String(app.port), ...flags], { home: here.home, env }))
    const sent: string[] = []
    for (const [nth, hours] of [0, 2, -2, 0, -2, 2].entries()) {
      setClock(hours)
      const path = `/${nth}`
      expect((await post(listening.port, { path })).status).toBe(202)
      sent.push(path)
    }
    setClock(-2)
    await expect
      .poll(() => [...tries.values()].filter(({ length }) => length >= 4).length, { timeout: 20_000 })
      .toBe(sent.length)
    listening.child.kill('SIGTERM')
    expect(await listening.ended).toEqual({ code: 0, signal: null })

    const { stdout } = await runCli(['list', '--json'], { home: here.home })
    const rows = stdout.toString().trim().split('\n')
    const kept = rows.map((row) => JSON.parse(row) as { target: string; seq: number; receivedAt: string })
    expect(kept.map(({ target }) => target)).toEqual(sent.toReversed())
    const hoursOf = ({ receivedAt }: { readonly receivedAt: string }): number =>
      Math.round((Date.parse(receivedAt) - Date.now()) / 3_600_000) + 0
    expect(kept.map(hoursOf).toReversed()).toEqual([0, 2, -2, 0, -2, 2])
    const waits = [...tries.values()].flatMap((times) =>
      times.slice(1).map((at, nth) => at - (times[nth] ?? at)),
    )
    console.log(
      `R-CAP-15: six jumps of 2 to 4 h: ${kept.length} requests in the order of arrival, ${waits.length} retries of 0.5 s, the longest wait ${Math.max(...waits).toFixed(0)} ms`,
    )
    expect(Math.max(...waits)).toBeLessThan(20 * RETRY_MS)
  },
)

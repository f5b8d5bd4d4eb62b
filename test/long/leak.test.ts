import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startApp } from '../helpers/app-server.ts'
import { post } from '../helpers/post.ts'
import { startListen } from '../helpers/spawn.ts'
import { testHome } from '../helpers/test-home.ts'

const here = testHome()
const MINUTES = Number(process.env['MINUTES'] ?? 120)
const PER_SECOND = 50
const SAMPLE_MS = 5000
/** Caches and the heap find their size first. */
const WARM_UP = 0.25

interface Sample {
  readonly minute: number
  readonly rssMb: number
  readonly descriptors: number
}

function sampleOf(pid: number, minute: number): Sample {
  const [, rssKb = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return { minute, rssMb: Number(rssKb) / 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length }
}

/** Between collections memory grows and falls by a tenth: what stays is seen at its lowest. */
function lowestOfEachMinute(samples: readonly Sample[]): Sample[] {
  const lowest = new Map<number, Sample>()
  for (const sample of samples) {
    const minute = Math.floor(sample.minute)
    const known = lowest.get(minute)
    if (known === undefined || sample.rssMb < known.rssMb) lowest.set(minute, sample)
  }
  return [...lowest.values()]
}

/** Least squares: megabytes a minute. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length
  const [x, y] = [mean(({ minute }) => minute), mean(({ rssMb }) => rssMb)]
  const over = samples.reduce((sum, { minute, rssMb }) => sum + (minute - x) * (rssMb - y), 0)
  const under = samples.reduce((sum, { minute }) => sum + (minute - x) ** 2, 0)
  return over / under
}

test.runIf(process.platform === 'linux')(
  'R-LIF-4: hours of requests that are kept, passed on and let go leave memory and descriptors as they were',
  { timeout: (MINUTES + 5) * 60_000 },
  async () => {
    let arrived = 0
    const app = await startApp(({ url }) => {
      arrived++
      return { status: url.endsWith('7') ? 500 : 200 }
    })
    here.cleanUp(() => app.close())
    const flags = ['--keep', '1000', '--retries', '1', '--backoff', 'fixed:100ms', '-q']
    const listening = here.watched(await startListen([String(app.port), ...flags], { home: here.home }))
    const { pid = 0 } = listening.child
    const began = performance.now()
    const samples: Sample[] = []
    const pending = new Set<Promise<unknown>>()
    let sent = 0
    for (let elapsed = 0; elapsed < MINUTES * 60_000; elapsed = performance.now() - began) {
      for (; sent < (elapsed / 1000) * PER_SECOND; sent++) {
        const posting = post(listening.port, {
          path: `/${sent}`,
          body: Buffer.alloc(1000 + (sent % 50) * 100, 120),
        })
        pending.add(posting)
        void posting.finally(() => pending.delete(posting))
      }
      if (elapsed >= samples.length * SAMPLE_MS) samples.push(sampleOf(pid, elapsed / 60_000))
      app.received.length = 0
      await delay(20)
    }
    await Promise.all(pending)
    const settled = samples.slice(Math.floor(samples.length * WARM_UP))
    const perTenMinutes = slopeOf(lowestOfEachMinute(settled)) * 10
    const descriptors = settled.map((sample) => sample.descriptors)
    console.log(
      `R-LIF-4: ${MINUTES} min, ${sent} sent, ${arrived} arrivals, ${settled[0]?.rssMb.toFixed(0)} → ${settled.at(-1)?.rssMb.toFixed(0)} MB, ${perTenMinutes.toFixed(2)} MB per 10 min, ${Math.min(...descriptors)} to ${Math.max(...descriptors)} descriptors`,
    )
    expect(arrived).toBeGreaterThanOrEqual(sent)
    expect(perTenMinutes).toBeLessThan(1)
    // Connections of the sender come and go, each on its own.
    expect(Math.max(...descriptors) - Math.min(...descriptors)).toBeLessThan(40)
    listening.child.kill('SIGTERM')
    expect(await listening.ended).toEqual({ code: 0, signal: null })
  },
)

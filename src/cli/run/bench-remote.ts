import type { Arm } from '../../app/bench/plan.ts'
import { AppError } from '../../core/errors.ts'
import type { BenchFlags } from '../commands/bench.ts'
import { isThisMachine, parseTarget } from '../target.ts'
import type { Target } from './bench-target.ts'

const SHORTEST_REMOTE_MS = 1000

/** The hosts of a run that are other machines. */
export function remoteHosts(flags: BenchFlags, { places, trigger, webhook }: Target): string[] {
  const streams = [flags.longPoll, flags.sse, flags.ws].flatMap((flag) =>
    typeof flag === 'string' ? [flag] : [],
  )
  const urls = [
    places.poll,
    trigger?.kind === 'request' ? trigger.template.url : undefined,
    webhook?.subscribe?.url,
    ...streams.map((text) => parseTarget(text.replace(/^ws/i, 'http'), '--sse')),
  ].flatMap((url) => (url === undefined ? [] : [url]))
  return [...new Set(urls.filter((url) => !isThisMachine(url)).map((url) => new URL(url).host))]
}

/** @throws AppError `bench-remote` where another machine is not to be asked, or not so often */
export function checkRemote(flags: BenchFlags, remote: readonly string[], arms: readonly Arm[]): void {
  const [host] = remote
  if (host === undefined) return
  if (flags.allowRemote !== true)
    throw new AppError('bench-remote', {
      target: `${host} is another machine`,
      problem: 'a benchmark asks a lot of it: only if it is yours to ask',
      next: 'webhook-cli bench … --allow-remote',
    })
  if (arms.some((arm) => 'pace' in arm && arm.pace.intervalMs * (1 - arm.pace.jitter) < SHORTEST_REMOTE_MS))
    throw new AppError('bench-remote', {
      target: `${host} is another machine`,
      problem: 'it is not polled more often than once a second',
      next: 'webhook-cli bench … --poll 1s,5s',
    })
}

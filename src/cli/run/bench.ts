import { benchResult } from '../../app/bench/build.ts'
import type { BenchRecord } from '../../app/bench/record.ts'
import { runBench } from '../../app/bench/run.ts'
import type { BenchTools } from '../../core/bench/ports.ts'
import type { BenchResult } from '../../core/bench/result.ts'
import { AppError, EXIT } from '../../core/errors.ts'
import { formatDuration } from '../../core/units.ts'
import { sanitizeLine } from '../../ui/sanitize.ts'
import type { BenchFlags } from '../commands/bench.ts'
import { isAgreed } from '../confirm.ts'
import type { CliDeps, Interruption } from '../deps.ts'
import type { Session } from '../session.ts'
import { openSession } from '../session.ts'
import { explainBench } from './bench-explain.ts'
import type { BenchInput } from './bench-flags.ts'
import { readBenchInput } from './bench-flags.ts'
import { planChecks, showResult } from './bench-output.ts'
import type { PlannedRun } from './bench-plan.ts'
import { planBench } from './bench-plan.ts'
import { startBenchProgress } from './bench-progress.ts'
import { serviceAt, startOwnService } from './bench-service.ts'
import { ownTarget } from './bench-target.ts'

/** Stands for the service's address while flags are being checked: nothing is started for flags that are wrong. */
const NO_SERVICE = 'http://127.0.0.1:1'

export async function runBenchCommand(
  target: string | undefined,
  given: BenchFlags,
  deps: CliDeps,
): Promise<number> {
  const session = await openSession(given, deps)
  if (target === 'explain') return explainBench(given, session, deps)
  const input = await readBenchInput(target, given, deps)
  const checks = await planChecks(input)
  const interruption = deps.interruption()
  const result = isOwnEndpoint(input)
    ? await benchEndpoint(input, interruption, session, deps)
    : await benchService(input, interruption, session, deps)
  if (result === undefined) return EXIT.ok
  const status = await showResult(result, input, checks, session, deps)
  return interruption.bySigint() ? EXIT.interrupted : status
}

/** Any flag that names a target makes it the user's own. */
function isOwnEndpoint({ url, flags }: BenchInput): boolean {
  const { trigger, triggerCmd, observeOnly, longPoll, sse, ws } = flags
  const streams = [longPoll, sse, ws].some((flag) => typeof flag === 'string')
  return url !== undefined || streams || [trigger, triggerCmd, observeOnly].some((flag) => flag !== undefined)
}

async function benchEndpoint(
  input: BenchInput,
  interruption: Interruption,
  session: Session,
  deps: CliDeps,
): Promise<BenchResult | undefined> {
  const planned = await planBench(input, await ownTarget(input, deps), deps)
  if (planned.remote.length > 0 && !(await agreed(planned, input.flags, session, deps))) return undefined
  const tools = await deps.openBenchTools({ loopbackOnly: planned.remote.length === 0 })
  return measure(planned, input, tools, () => undefined, interruption, session, deps)
}

async function benchService(
  input: BenchInput,
  interruption: Interruption,
  session: Session,
  deps: CliDeps,
): Promise<BenchResult> {
  const { plan } = await planBench(input, serviceAt(NO_SERVICE, input.flags, 0), deps)
  const { payloadBytes } = plan.design
  const tools = await deps.openBenchTools({ loopbackOnly: true })
  const service = await startOwnService(input.flags, payloadBytes, deps)
  try {
    const planned = await planBench(input, service.target, deps)
    const { pid } = service.process
    const cpuUs = (): number | undefined => (pid === undefined ? undefined : tools.machine.cpuUsOf(pid))
    return await measure(planned, input, tools, cpuUs, interruption, session, deps)
  } finally {
    await service.process.end()
  }
}

async function measure(
  { plan }: PlannedRun,
  { flags, argv }: BenchInput,
  tools: BenchTools,
  originCpuUs: () => number | undefined,
  interruption: Interruption,
  session: Session,
  deps: CliDeps,
): Promise<BenchResult> {
  const startedAt = deps.io.clock.now()
  const progress = startBenchProgress(flags, session, deps)
  let record: BenchRecord
  try {
    record = await runBench(plan, tools, {
      stop: interruption.stop,
      onBegin: (watch) => progress.begin(watch),
      originCpuUs,
    })
  } finally {
    progress.stop()
  }
  return benchResult(plan, record, { machine: tools.machine, startedAt, argv })
}

/** What will be asked of another machine, before it is. @throws AppError `usage` where nobody is here to agree */
async function agreed(
  { plan, remote, requests, durationMs }: PlannedRun,
  flags: BenchFlags,
  { err }: Session,
  { io }: CliDeps,
): Promise<boolean> {
  const hosts = remote.map((host) => sanitizeLine(host)).join(', ')
  const events = plan.trigger === undefined ? 'its own events' : `${plan.timeline.events.length} triggers`
  io.stderr.write(
    `${err.strong('Plan')}   about ${requests} requests to ${hosts} in ${formatDuration(durationMs)}, ${events} among them; never more than ${plan.maxRequests ?? requests}\n`,
  )
  if (flags.yes === true) return true
  if (!io.stdin.isTTY || !io.stderr.isTTY)
    throw new AppError('bench-remote', {
      target: `nobody is here to agree to ${requests} requests to ${remote.join(', ')}`,
      problem: '--yes agrees beforehand',
      next: 'webhook-cli bench … --yes',
    })
  if (await isAgreed('begin?', io)) return true
  io.stderr.write('nothing was sent\n')
  return false
}

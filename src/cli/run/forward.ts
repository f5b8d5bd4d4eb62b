import type { Attempted } from '../../app/forward/dispatch.ts'
import type { Left } from '../../app/forward/work.ts'
import { work } from '../../app/forward/work.ts'
import { deliveryToJson } from '../../core/content/jsonv1.ts'
import { wasAccepted } from '../../core/delivery.ts'
import { AppError, EXIT, isAppError } from '../../core/errors.ts'
import type { RunningNotice } from '../../core/events.ts'
import {
  deliveredRow,
  elsewhereWords,
  leftWords,
  originOf,
  runningWords,
  standaloneLine,
  unreachedWords,
} from '../../ui/delivered.ts'
import { createPrintQueue } from '../../ui/print-queue.ts'
import { sanitizeLine, toJsonLine } from '../../ui/sanitize.ts'
import { besideOrBelow, wrapped } from '../../ui/text.ts'
import { finishingWords, troubleWords } from '../../ui/words.ts'
import type { ForwardFlags } from '../commands/forward.ts'
import type { CliDeps } from '../deps.ts'
import { openCouriers } from '../couriers.ts'
import { readForwarding } from '../forwarding.ts'
import type { ForwardingPlan } from '../forwarding.ts'
import type { Session } from '../session.ts'
import { openSession } from '../session.ts'
import { parseWord } from '../settings.ts'

/** How long we wait at the end for a reader of our output that takes nothing, in milliseconds. */
const PRINT_PATIENCE_MS = 2000

export async function runForward(
  target: string | undefined,
  flags: ForwardFlags,
  deps: CliDeps,
): Promise<number> {
  const { io } = deps
  const session = await openSession(flags, deps)
  const plan = await readForwarding(target, flags, session, { answersAtOnce: true, filter: {} })
  if (plan === undefined) {
    throw new AppError('usage', {
      message: 'forward where to?',
      next: ['webhook-cli forward 3000', 'webhook-cli forward --help'],
    })
  }
  const onInvalid = session.setting('onInvalid', flags.onInvalid, parseWord(['mark', 'reject']), 'mark')
  const interruption = deps.interruption()
  const store = await session.openStore()
  const report = createReport(plan, flags, session, deps)
  const couriers = await openCouriers(plan, deps, flags.once === true, report.running)
  try {
    report.begin(store.location)
    const courier = couriers.start(store, report.attempted, report.failed)
    interruption.stop.addEventListener('abort', () => report.stopping(courier.inFlight()), { once: true })
    const left = await work(
      { assign: plan.router.assign, rejectInvalid: onInvalid === 'reject', once: flags.once === true },
      { store, courier, clock: io.clock, stop: interruption.stop, onFailure: report.failed },
    )
    report.end(left, interruption.stop.aborted)
    if (interruption.bySigint()) return EXIT.interrupted
    return flags.once === true && left.waiting + left.givenUp > 0 ? EXIT.answered5xx : EXIT.ok
  } finally {
    await report.close()
    await couriers.close()
    await store.close()
  }
}

function createReport(
  plan: ForwardingPlan,
  { json, quiet, once }: ForwardFlags,
  { out, err }: Session,
  { io, paths }: CliDeps,
) {
  const { stdout, stderr, clock } = io
  const queue = createPrintQueue(stdout, clock)
  const complained = new Set<string>()
  let delivered = 0
  let goodbye: string | undefined
  const talk = (line: string): void => {
    if (json !== true) stderr.write(`${line}\n`)
  }
  return {
    begin(location: string) {
      if (quiet === true) return
      const where = location.startsWith(`${paths.home}/`) ? `~${location.slice(paths.home.length)}` : location
      const names = plan.targets.map(({ name }) => sanitizeLine(name)).join(', ')
      const from = `from ${err.dim(sanitizeLine(where))}`
      talk(
        besideOrBelow(`${err.ok(err.symbols.point)}  ${err.id(names)}`, from, {
          columns: stderr.columns(),
          gap: 3,
          indent: 3,
        }),
      )
    },
    attempted: ({ stored, delivery, settlement }: Attempted): void => {
      const isGood = wasAccepted(delivery.outcome)
      if (isGood) delivered++
      if (quiet === true && isGood) return
      const { id, method, target } = stored.request
      const request = { id, method, target }
      const attempt = { request, delivery, settlement, isMirrored: false, isHidden: false }
      const complaint = unreachedWords(attempt)
      const origin = originOf(delivery.target)
      if (complaint === undefined) {
        if (complained.delete(origin)) talk(`${err.ok(err.symbols.ok)} ${origin} answers again`)
      } else if (!complained.has(origin)) {
        complained.add(origin)
        talk(`${err.bad(err.symbols.bad)} ${complaint}`)
      }
      queue.add({
        bytes: 256,
        render() {
          const columns = stdout.columns()
          if (json === true) return toJsonLine(deliveryToJson(delivery))
          return columns === undefined ? deliveredRow(attempt) : standaloneLine(attempt, out, columns)
        },
      })
    },
    running: (run: RunningNotice): void => {
      if (quiet !== true) talk(runningWords(run, err, stderr.columns()))
    },
    failed: (error: unknown): void => {
      const detail = isAppError(error) ? error.code : String(error)
      stderr.write(
        json === true
          ? toJsonLine({ v: 1, type: 'trouble', detail })
          : `${err.bad(err.symbols.bad)} ${troubleWords(detail)}\n`,
      )
    },
    stopping(inFlight: number) {
      if (inFlight > 0) talk(finishingWords(inFlight, true, err))
    },
    end({ waiting, givenUp, elsewhere }: Left, wasStopped: boolean) {
      const left = waiting + givenUp
      if (quiet === true && left + elsewhere === 0) return
      const columns = stderr.columns()
      const rest = left === 0 ? '' : `   ${err.bad(`${left} not delivered`)}`
      const others = elsewhere === 0 ? '' : `   ${err.warn(elsewhereWords(elsewhere))}`
      const next = left + elsewhere === 0 ? '' : `${err.dim('$')} ${err.id('webhook-cli list --undelivered')}`
      const counts = `${once === true ? '' : '  '}${delivered} delivered${rest}${others}`
      goodbye = besideOrBelow(counts, next, { columns, gap: 6, indent: 3 })
      // By itself it ends while something waits only where nothing reached the target.
      if (wasStopped || (waiting === 0 && (left === 0 || complained.size === 0))) return
      const why = leftWords({ waiting, givenUp }, [...complained])
      goodbye += `\n${wrapped(why, columns ?? Infinity).join('\n')}`
    },
    async close(): Promise<void> {
      await queue.close(PRINT_PATIENCE_MS)
      // What was still to be printed stands above it.
      if (goodbye !== undefined) talk(goodbye)
    },
  }
}

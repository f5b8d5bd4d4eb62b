import { assessmentOf } from '../../app/assess.ts'
import { makeEvent, requestOf, signEvent } from '../../app/event.ts'
import type { Parcel } from '../../app/send.ts'
import { sendAll } from '../../app/send.ts'
import { tamper } from '../../app/tamper.ts'
import { Tally } from '../../app/tally.ts'
import { AppError, EXIT } from '../../core/errors.ts'
import type { Verdict } from '../../core/verdict.ts'
import type { SendFlags } from '../commands/send.ts'
import type { CliDeps } from '../deps.ts'
import { isStoreWanted } from '../options.ts'
import type { Session } from '../session.ts'
import { KEEP_ALL, openSession } from '../session.ts'
import { isThisMachine } from '../target.ts'
import { printSamples } from './send-list.ts'
import type { SendPlan } from './send-plan.ts'
import { planSend } from './send-plan.ts'
import { printParcels } from './send-print.ts'
import type { SendReport } from './send-report.ts'
import { createSendReport } from './send-report.ts'

export async function runSend(
  provider: string | undefined,
  event: string | undefined,
  flags: SendFlags,
  deps: CliDeps,
): Promise<number> {
  const session = await openSession(flags, deps)
  if (flags.list === true) return printSamples(provider, flags, session, deps)
  if (flags.handshake !== undefined) {
    if (provider !== undefined)
      throw new AppError('usage', { message: '--handshake names the provider itself' })
    const { runSendHandshake } = await import('./send-handshake.ts')
    return runSendHandshake(flags.handshake, flags, session, deps)
  }
  const planned = await planSend(provider, event, flags, session, deps)
  const plan = withoutSkipped(planned, session, deps)
  if (plan.form !== undefined)
    return printParcels(plan, plan.form, (index) => makeParcel(plan, index, deps), flags, session, deps)
  return sendPlan(plan, flags, session, deps)
}

async function sendPlan(plan: SendPlan, flags: SendFlags, session: Session, deps: CliDeps): Promise<number> {
  const { clock } = deps.io
  const interruption = deps.interruption()
  const tally = new Tally()
  const report = createSendReport(plan, flags, session, deps)
  const store = isStoreWanted(flags) ? await session.openStore(session.limits({}, KEEP_ALL)) : undefined
  const forwarder = await deps.openForwarder({
    connections: plan.options.concurrency,
    loopbackOnly: flags.allowRemote !== true && isThisMachine(plan.spec.url),
  })
  report.begin()
  const begun = clock.monotonic()
  try {
    await sendAll(plan.options, {
      forwarder,
      ...(store !== undefined && { store }),
      clock,
      make: (index) => makeParcel(plan, index, deps),
      onSent(sent) {
        tally.add(sent.attempt)
        report.sent(sent)
      },
      stop: interruption.stop,
    })
  } finally {
    report.stopProgress()
    await forwarder.close()
    await store?.close()
  }
  report.end(tally.summary(), clock.monotonic() - begun)
  return interruption.bySigint() ? EXIT.interrupted : statusOf(plan, tally, report)
}

/** A kind of tampering that this provider's scheme cannot notice is told, and not sent. */
function withoutSkipped(plan: SendPlan, session: Session, deps: CliDeps): SendPlan {
  if (plan.tamper.length === 0) return plan
  const now = deps.io.clock.now()
  const context = { spec: plan.spec, key: plan.key, random: deps.random, now }
  const draft = makeEvent(plan.spec, context)
  const kinds = plan.tamper.filter((kind) => {
    const tampered = tamper(kind, draft, context)
    if (!('skipped' in tampered)) return true
    deps.io.stderr.write(
      `${session.err.warn('note:')} ${SKIPPED[tampered.skipped]}: --tamper ${kind} is left out\n`,
    )
    return false
  })
  if (kinds.length === 0)
    throw new AppError('usage', {
      message: `nothing of this can be tampered with: ${plan.tamper.join(', ')}`,
    })
  return { ...plan, tamper: kinds, options: { ...plan.options, count: kinds.length } }
}

const SKIPPED = {
  'body-not-signed': 'this signature does not cover the body',
  'no-time-signed': 'this signature has no time with a limit',
  'not-signed': 'this provider does not sign',
} as const

function makeParcel(plan: SendPlan, index: number, { io, random }: CliDeps): Parcel {
  const { clock } = io
  const now = clock.now()
  const { spec, key } = plan
  const source = { random: plan.random, now }
  const draft = makeEvent(spec, source)
  const kind = plan.tamper[index]
  if (kind !== undefined) {
    const tampered = tamper(kind, draft, { spec, key, random, now })
    if ('skipped' in tampered) throw new AppError('usage', { message: SKIPPED[tampered.skipped] })
    return parcel(tampered.draft, tampered.verdict)
  }
  if (spec.provider.schemes.length === 0) return parcel(draft, { status: 'unsigned' })
  return parcel(signEvent(draft, spec, key.signingKey, source).signed, {
    status: 'valid',
    provider: spec.provider.id,
  })

  function parcel(ready: typeof draft, verdict: Verdict): Parcel {
    const request = requestOf(ready, now, clock.monotonic())
    return { url: ready.url, request, assess: () => assessmentOf(request, spec.provider, verdict) }
  }
}

/** A check that failed weighs more than the status it failed with. */
function statusOf(plan: SendPlan, tally: Tally, report: SendReport): number {
  if (report.failedChecks > 0) return EXIT.checkFailed
  // What nobody answered was not checked.
  if (plan.expect !== undefined || plan.tamper.length > 0)
    return report.unanswered > 0 ? EXIT.failed : EXIT.ok
  const last = tally.lastFailure
  if (last === undefined) return EXIT.ok
  if (last.kind !== 'response') return EXIT.failed
  return last.status >= 500 ? EXIT.answered5xx : last.status >= 400 ? EXIT.answered4xx : EXIT.failed
}

import type { Challenge } from '../../app/play.ts'
import { challengesOf } from '../../app/play.ts'
import { requestOf } from '../../app/event.ts'
import { AppError, EXIT } from '../../core/errors.ts'
import type { Forwarder } from '../../core/ports.ts'
import { shortId } from '../../ui/lines.ts'
import { sanitizeLine, toJsonLine } from '../../ui/sanitize.ts'
import type { SentView } from '../../ui/sent.ts'
import { sentLines, sentRow } from '../../ui/sent.ts'
import type { SendFlags } from '../commands/send.ts'
import type { CliDeps } from '../deps.ts'
import type { Session } from '../session.ts'
import { DEFAULT_TIMEOUT_MS, parseTimeout } from '../settings.ts'
import { readSigning } from '../signing.ts'
import { parseTarget } from '../target.ts'
import { DEFAULT_TARGET, keyOf } from './send-plan.ts'
import { announceKey } from './send-report.ts'

type Judged = SentView['judgement'] & { readonly answered: boolean }

/** Plays the provider's part: sends its challenges and judges the answers. */
export async function runSendHandshake(
  name: string,
  flags: SendFlags,
  session: Session,
  deps: CliDeps,
): Promise<number> {
  const { io, random } = deps
  const signing = await readSigning(flags, session, deps)
  const provider = signing.catalog.named(name)
  const key = keyOf(provider, flags.schemeName, signing, random)
  const url = parseTarget(flags.to ?? DEFAULT_TARGET, '--to')
  const timeoutMs =
    flags.timeout === undefined ? DEFAULT_TIMEOUT_MS : parseTimeout(flags.timeout, '--timeout')
  const challenges = challengesOf(provider, {
    ...key,
    url,
    options: signing.options,
    random,
    now: io.clock.now(),
  })
  if (challenges.length === 0)
    throw new AppError('usage', { message: `${provider.id} sends no challenge that we know` })
  for (const challenge of challenges) {
    if ('failure' in challenge)
      throw new AppError('cannot-sign', { provider: provider.id, failure: challenge.failure })
  }
  announceKey({ provider, key }, flags, session, deps)
  const forwarder = await deps.openForwarder({ connections: 1, loopbackOnly: false })
  const judged: Judged[] = []
  try {
    for (const challenge of challenges)
      judged.push(await play(challenge, timeoutMs, forwarder, flags, session, deps))
  } finally {
    await forwarder.close()
  }
  if (judged.some(({ answered }) => !answered)) return EXIT.failed
  return judged.every(({ isGood }) => isGood) ? EXIT.ok : EXIT.checkFailed
}

async function play(
  challenge: Challenge,
  timeoutMs: number,
  forwarder: Forwarder,
  flags: SendFlags,
  session: Session,
  { io }: CliDeps,
): Promise<Judged> {
  if ('failure' in challenge) throw new TypeError('a challenge that could not be made was sent')
  const { request: draft, judge } = challenge.played
  const request = requestOf(draft, io.clock.now(), io.clock.monotonic())
  const attempt = await forwarder.deliver({ ...request, url: draft.url }, { timeoutMs })
  const { outcome, durationMs } = attempt
  const judgement = outcome.kind === 'response' ? judge(outcome, durationMs) : undefined
  const words =
    judgement === undefined
      ? 'not answered'
      : judgement.passed
        ? 'as the provider wants it'
        : WRONG[judgement.reason](sanitizeLine(judgement.expected).slice(0, 200))
  const result = { isGood: judgement?.passed === true, words, answered: judgement !== undefined }
  const view: SentView = {
    id: shortId(''),
    method: draft.method,
    url: draft.url,
    attempt,
    what: `challenge ${challenge.name}`,
    judgement: result,
  }
  if (flags.json === true) {
    const { isGood: passed } = result
    const answer = outcome.kind === 'response' ? { status: outcome.status } : { code: outcome.code }
    const reason = passed ? {} : { reason: words }
    io.stdout.write(
      toJsonLine({ v: 1, type: 'handshake', name: challenge.name, passed, ...answer, durationMs, ...reason }),
    )
  } else if (flags.quiet !== true || !result.isGood) {
    io.stdout.write(io.stdout.isTTY ? sentLines(view, session.out, io.stdout.columns() ?? 80) : sentRow(view))
  }
  return result
}

const WRONG: Readonly<Record<'status' | 'header' | 'body' | 'too-slow', (expected: string) => string>> = {
  status: (expected) => `the provider wants status ${expected}`,
  header: (expected) => `the provider wants the header ${expected}`,
  body: (expected) =>
    expected === '' ? 'the provider wants another body' : `the provider wants the body ${expected}`,
  'too-slow': (expected) => `too slow: the provider waits ${expected}`,
}

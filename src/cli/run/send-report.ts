import type { Sent } from '../../app/send.ts'
import type { TallySummary } from '../../app/tally.ts'
import type { Tampering } from '../../app/tamper.ts'
import { deliveryToJson } from '../../core/content/jsonv1.ts'
import { wasAccepted, wasTurnedDown } from '../../core/delivery.ts'
import type { Attempt } from '../../core/ports.ts'
import { shortId } from '../../ui/lines.ts'
import type { Spinner } from '../../ui/progress.ts'
import { startSpinner } from '../../ui/progress.ts'
import { sanitizeLine, toJsonLine } from '../../ui/sanitize.ts'
import type { SentView } from '../../ui/sent.ts'
import { runSummary, sentLines, sentRow } from '../../ui/sent.ts'
import { wrapped } from '../../ui/text.ts'
import { connectionWords } from '../../ui/words.ts'
import type { SendFlags } from '../commands/send.ts'
import type { CliDeps } from '../deps.ts'
import type { Session } from '../session.ts'
import { secretPlaces } from '../signing.ts'
import type { SendPlan } from './send-plan.ts'
import { secretVariable, setUpLines } from './send-plan.ts'

/** Tells what is sent and what comes back. */
export interface SendReport {
  begin(): void
  sent(sent: Sent): void
  stopProgress(): void
  end(summary: TallySummary, durationMs: number): void
  /** Answers that were not as `--expect` wants, and tampered events that were accepted. */
  readonly failedChecks: number
  /** Events that nobody answered: of these nothing was checked. */
  readonly unanswered: number
}

/** More lines than this are no news on a terminal: only failures are shown, and how far it is. */
const MOST_LINES = 20
/** How long a run may take before it says how far it is, in milliseconds. */
const QUIET_MS = 1000

const TAMPERED: Readonly<Record<Tampering, readonly [what: string, accepted: string]>> = {
  body: ['body changed after signing', 'your handler does not check the signature'],
  signature: ['signature of another secret', 'your handler does not check the signature'],
  timestamp: ['timestamp too old', 'your handler does not check the timestamp'],
  missing: ['no signature', 'your handler takes unsigned requests'],
}

export function createSendReport(
  plan: SendPlan,
  flags: SendFlags,
  session: Session,
  deps: CliDeps,
): SendReport {
  const { stdout, stderr, clock } = deps.io
  const { out, err } = session
  const quiet = flags.quiet === true
  const inJson = flags.json === true
  const brief = stdout.isTTY && plan.options.count > MOST_LINES
  let failedChecks = 0
  let unanswered = 0
  let sentSoFar = 0
  let lastFailure: Attempt['outcome'] | undefined
  let lastId: Sent['id']
  let spinner: Spinner | undefined
  let running = true
  const cancelTimer = clock.after(QUIET_MS, () => void animate())

  async function animate(): Promise<void> {
    if (quiet || inJson || deps.io.env['CI'] !== undefined) return
    spinner = await startSpinner(stderr, progressText(), () => running)
  }

  function progressText(): string {
    return `${sentSoFar} of ${plan.options.count} sent   Ctrl-C stops and says what was sent`
  }

  function print(view: SentView, sent: Sent, isGood: boolean): void {
    if (quiet && isGood) return
    if (inJson) stdout.write(jsonLine(sent, view))
    else if (!stdout.isTTY) stdout.write(sentRow(view))
    else if (!brief || !isGood) {
      spinner?.pause()
      stdout.write(sentLines(view, out, stdout.columns() ?? 80))
      spinner?.resume()
    }
  }

  return {
    get failedChecks() {
      return failedChecks
    },
    get unanswered() {
      return unanswered
    },
    begin() {
      announceKey(plan, flags, session, deps)
      if (plan.tamper.length > 0 && plan.key.isFresh && !inJson) {
        const words = 'an app that does not know this secret rejects good ones too; give it with --secret'
        stderr.write(`${err.warn('note:')} ${words}\n`)
      }
    },
    sent(sent) {
      sentSoFar++
      const { parcel, attempt, index, id } = sent
      const judgement = judge(plan, index, attempt)
      if (attempt.outcome.kind !== 'response') unanswered++
      else if (judgement?.isGood === false) failedChecks++
      const isGood = judgement?.isGood ?? wasAccepted(attempt.outcome)
      lastId = id
      if (!isGood) lastFailure = attempt.outcome
      const kind = plan.tamper[index]
      const view: SentView = {
        id: id === undefined ? '' : inJson || !stdout.isTTY ? id : shortId(id),
        method: parcel.request.method,
        url: parcel.url,
        attempt,
        ...(kind !== undefined && { what: TAMPERED[kind][0] }),
        ...(judgement !== undefined && { judgement }),
      }
      print(view, sent, isGood)
      spinner?.text(progressText())
    },
    stopProgress() {
      running = false
      cancelTimer()
      spinner?.stop()
    },
    end(summary, durationMs) {
      if (inJson) return
      const { count } = plan.options
      if (!quiet && (count > 1 || summary.sent < count)) {
        const text =
          plan.tamper.length > 0 && summary.sent === count
            ? tamperSummary(summary.sent, failedChecks, unanswered)
            : runSummary({ ...summary, durationMs, wanted: count }, err)
        stderr.write(`${text}\n`)
      }
      if (lastFailure !== undefined && lastFailure.kind !== 'response') {
        const { host } = new URL(plan.spec.url)
        stderr.write(
          `${err.bad(err.symbols.bad)} ${host}: ${connectionWords(lastFailure.code)}${lastFailure.code === 'ECONNREFUSED' ? '. Is the app running?' : ''}\n`,
        )
      } else if (!quiet && count === 1 && stderr.isTTY && plan.tamper.length === 0 && failedChecks === 0) {
        if (lastFailure === undefined) suggestTampering(plan, flags, session, deps)
        else if (wasTurnedDown(lastFailure)) suggestVerifying(plan, lastId, session, deps)
      }
    },
  }
}

function judge({ tamper, expect }: SendPlan, index: number, attempt: Attempt): SentView['judgement'] {
  const kind = tamper[index]
  const { outcome } = attempt
  if (kind !== undefined) {
    if (outcome.kind !== 'response') return { isGood: false, words: 'not answered' }
    if (wasAccepted(outcome)) return { isGood: false, words: `accepted: ${TAMPERED[kind][1]}` }
    return {
      isGood: true,
      words: outcome.status >= 500 ? 'not accepted, but a 5xx is tried again' : 'rejected',
    }
  }
  if (expect === undefined) return undefined
  return expect(attempt)
    ? { isGood: true, words: 'as expected' }
    : { isGood: false, words: 'not as expected' }
}

function tamperSummary(sent: number, accepted: number, unanswered: number): string {
  if (unanswered === sent) return `${sent} sent, none answered`
  const rest = unanswered === 0 ? '' : `, ${unanswered} not answered`
  return `${sent} sent, ${accepted === 0 ? 'none' : accepted} wrongly accepted${rest}`
}

function jsonLine({ parcel, attempt, id }: Sent, { what, judgement }: SentView): string {
  const json = deliveryToJson({ requestId: id ?? '', cause: 'send', target: parcel.url, ...attempt })
  return toJsonLine({
    ...json,
    ...(what !== undefined && { tampered: what }),
    ...(judgement !== undefined && { passed: judgement.isGood, judgement: judgement.words }),
  })
}

/** Which secret signs; one that was made for this run in full, as nobody else could tell it. */
export function announceKey(
  { provider, key }: Pick<SendPlan, 'provider' | 'key'>,
  flags: SendFlags,
  { err }: Session,
  { io }: CliDeps,
): void {
  if (key.secret === '') return
  if (!key.isFresh) {
    if (flags.quiet !== true && flags.json !== true)
      io.stderr.write(`  signed as ${provider.id}, secret ${key.masked}, timestamp now\n`)
    return
  }
  if (flags.json === true) {
    const env = provider.secret?.env
    io.stderr.write(
      toJsonLine({
        v: 1,
        type: 'secret',
        provider: provider.id,
        env,
        secret: key.secret,
        ...(key.signingKey !== key.secret && { signingKey: key.signingKey }),
      }),
    )
    return
  }
  const variable = secretVariable(provider, key)
  const use = `webhook-cli send ${provider.id} … --secret env:${variable}`
  // Setting it once more would take away what the app knows.
  const isSet = (io.env[variable] ?? '') !== ''
  const words = isSet
    ? `which your app does not know; ${variable} is set:`
    : 'which your app must know, and so must the next send:'
  const told = wrapped(
    `signed as ${provider.id} with a secret made for this, ${words}`,
    (io.stderr.columns() ?? Infinity) - 2,
  )
  const commands = isSet ? [use] : [...setUpLines(provider, key), use]
  const typed = commands.map((line) => `${err.dim('$')} ${err.id(line)}`)
  io.stderr.write([...told, ...typed].map((line) => `  ${line}\n`).join(''))
}

/** An app that cannot know the secret, as it was made for this run, has its reason. */
function suggestVerifying(
  { key, verifyFlags }: SendPlan,
  id: Sent['id'],
  { err }: Session,
  { io }: CliDeps,
): void {
  if (key.secret === '' || key.isFresh || id === undefined) return
  const command = `webhook-cli verify ${shortId(id)}${verifyFlags}`
  io.stderr.write(
    `${err.dim('Next')}   why does your app turn it down?\n       ${err.id(sanitizeLine(command))}\n`,
  )
}

function suggestTampering(
  { provider, spec, key }: SendPlan,
  flags: SendFlags,
  { err }: Session,
  { io }: CliDeps,
): void {
  if (key.secret === '' || !('sample' in spec.content)) return
  const secrets = key.isFresh ? [`env:${secretVariable(provider, key)}`] : secretPlaces(flags.secret)
  const to = spec.url.replace(/^http:\/\/localhost:/, '')
  const words = ['webhook-cli send', provider.id, spec.content.sample.event, '--to', to]
  const command = [...words, ...secrets.map((secret) => `--secret ${secret}`), '--tamper all'].join(' ')
  io.stderr.write(
    `${err.dim('Next')}   does your app reject a bad one?\n       ${err.id(sanitizeLine(command))}\n`,
  )
}

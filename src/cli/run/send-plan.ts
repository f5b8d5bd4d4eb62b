import type { EventSpec } from '../../app/event.ts'
import { freshSecret, pooledRandom, seededRandom } from '../../app/event.ts'
import type { Expectation } from '../../app/expect.ts'
import { compileExpectation } from '../../app/expect.ts'
import { maskSecret } from '../../app/secrets.ts'
import type { SendOptions } from '../../app/send.ts'
import { parseAssignment } from '../../app/set.ts'
import type { Tampering } from '../../app/tamper.ts'
import { TAMPERINGS } from '../../app/tamper.ts'
import { shellWord } from '../../core/content/shell.ts'
import { AppError } from '../../core/errors.ts'
import type { Random } from '../../core/ports.ts'
import { findSample, sampleEvents, sampleProviders } from '../../providers/samples/index.ts'
import type { SendFlags } from '../commands/send.ts'
import type { CliDeps } from '../deps.ts'
import type { Session } from '../session.ts'
import { readFileOf } from '../session.ts'
import { DEFAULT_TIMEOUT_MS, parseCount, parseHeader, parseTimeout, parseWord } from '../settings.ts'
import type { Signing } from '../signing.ts'
import { providerOf, readSigning, verifyFlags } from '../signing.ts'
import { isThisMachine, parseTarget } from '../target.ts'

export const DEFAULT_TARGET = 'http://localhost:8484'
/** So many to another machine are no test any more, unless its owner says so. */
const MOST_REMOTE = 100

type Provider = EventSpec['provider']

/** What signs, and what may be told of it. */
export interface SendKey {
  /** What the application is configured with, and what signs; empty where the provider does not sign. */
  readonly secret: string
  readonly signingKey: string
  readonly masked: string
  /** Made for this run: the user has not got it yet. */
  readonly isFresh: boolean
}

export interface SendPlan {
  readonly provider: Provider
  readonly spec: EventSpec
  readonly key: SendKey
  /** What `verify` needs beside a ref to look at what was sent. */
  readonly verifyFlags: string
  readonly options: SendOptions
  readonly random: Random
  readonly tamper: readonly Tampering[]
  readonly expect?: Expectation
  readonly form?: 'curl' | 'http' | 'json'
}

/** All flags checked and all files read, before anything is sent or stored. */
export async function planSend(
  providerName: string | undefined,
  event: string | undefined,
  flags: SendFlags,
  session: Session,
  deps: CliDeps,
): Promise<SendPlan> {
  const named = providerName === undefined ? {} : { provider: providerName }
  const signing = await readSigning({ ...flags, ...named }, session, deps)
  if (providerName === undefined) return askWhich()
  const provider = providerOf(providerName, signing)
  const content = await contentOf(provider, event, flags, deps)
  const url = parseTarget(flags.to ?? DEFAULT_TARGET, '--to')
  const tamper = parseTamper(flags.tamper)
  const options = optionsOf(flags, tamper)
  if (!isThisMachine(url) && flags.allowRemote !== true) {
    if (tamper.length > 0) throw new AppError('remote-target', { target: new URL(url).host, why: 'tampered' })
    if (options.count > MOST_REMOTE)
      throw new AppError('remote-target', { target: new URL(url).host, why: 'many' })
  }
  const expect = flags.expect === undefined ? undefined : await compileExpectation(flags.expect)
  const form = formOf(flags)
  return {
    provider,
    spec: {
      provider,
      content,
      event:
        flags.event ?? ('sample' in content ? (content.sample.wire ?? content.sample.event) : (event ?? '')),
      sets: (flags.set ?? []).map((text) => parseAssignment(text)),
      headers: (flags.header ?? []).map((header) => parseHeader(header, '--header')),
      url,
      options: signing.options,
      ...(flags.schemeName !== undefined && { scheme: schemeName(provider, flags.schemeName) }),
    },
    key: keyOf(provider, flags.schemeName, signing, deps.random),
    verifyFlags: verifyFlags({ ...flags, ...named }, signing.catalog, provider.id),
    options,
    random: flags.seed === undefined ? pooledRandom(deps.random) : seededRandom(flags.seed),
    tamper,
    ...(expect !== undefined && { expect }),
    ...(form !== undefined && { form }),
  }
}

/** The user's own secret, or one of the provider's form that is made now. */
export function keyOf(
  provider: Provider,
  scheme: string | undefined,
  { secrets }: Signing,
  random: Random,
): SendKey {
  const [own] = secrets.of(provider.id)
  if (provider.schemes.length === 0) return { secret: '', signingKey: '', masked: '', isFresh: false }
  if (own !== undefined) {
    return { secret: own.value, signingKey: own.value, masked: maskSecret(own.value), isFresh: false }
  }
  const fresh = freshSecret(provider, scheme, random)
  return { ...fresh, masked: maskSecret(fresh.secret), isFresh: true }
}

/** How the application, and the next `send`, get a secret that was made for this one. */
export function setUpLines(provider: Provider, { secret, signingKey }: SendKey): string[] {
  const env = provider.secret?.env ?? 'WEBHOOK_SECRET'
  const lines = [`export ${env}=${shellWord(Buffer.from(secret))}`]
  if (signingKey !== secret) lines.push(`export ${env}_SIGNING=${shellWord(Buffer.from(signingKey))}`)
  return lines
}

export function secretVariable(provider: Provider, { secret, signingKey }: SendKey): string {
  const env = provider.secret?.env ?? 'WEBHOOK_SECRET'
  return signingKey === secret ? env : `${env}_SIGNING`
}

async function contentOf(
  provider: Provider,
  event: string | undefined,
  flags: SendFlags,
  { io }: CliDeps,
): Promise<EventSpec['content']> {
  const { body } = flags
  if (body === '-') return { body: await io.stdin.readAll() }
  if (body?.startsWith('@') === true) return { body: await readFileOf('--body', body.slice(1), io.cwd) }
  if (body !== undefined) return { body: Buffer.from(body) }
  const sample = event === undefined ? undefined : await findSample(provider.id, event)
  if (sample !== undefined) return { sample }
  const events = sampleEvents(provider.id)
  const [first] = events
  const known =
    first === undefined
      ? 'there is no sample of it; give a body: --body @file'
      : `there are: ${events.join(', ')}`
  throw new AppError('usage', {
    message:
      event === undefined ? `which event of ${provider.id}?` : `${provider.id} has no sample "${event}"`,
    hint: known,
    next: [`webhook-cli send ${provider.id} ${first ?? 'my.event --body @event.json'}`],
  })
}

function askWhich(): never {
  throw new AppError('usage', {
    message: 'which provider, and which event?',
    hint: `${sampleProviders().length} providers have samples: stripe, github, shopify, slack, standard-webhooks, …`,
    next: ['webhook-cli send stripe charge.succeeded', 'webhook-cli send --list'],
  })
}

function schemeName({ id, schemes }: Provider, name: string): string {
  if (schemes.some((scheme) => scheme.name === name)) return name
  const known = schemes.map((scheme) => scheme.name).join(', ')
  throw new AppError('bad-value', {
    option: '--scheme-name',
    value: name,
    expected: `a scheme of ${id}: ${known}`,
  })
}

function optionsOf(flags: SendFlags, tamper: readonly Tampering[]): SendOptions {
  const perSecond = flags.rate === undefined ? undefined : parseRate(flags.rate)
  if (tamper.length > 0 && flags.count !== undefined) {
    throw new AppError('usage', { message: '--tamper sends one of each kind: it goes without --count' })
  }
  return {
    count:
      tamper.length > 0 ? tamper.length : flags.count === undefined ? 1 : parseCount(flags.count, '--count'),
    concurrency:
      flags.concurrency === undefined
        ? perSecond === undefined
          ? 1
          : 16
        : parseConcurrency(flags.concurrency),
    timeoutMs: flags.timeout === undefined ? DEFAULT_TIMEOUT_MS : parseTimeout(flags.timeout, '--timeout'),
    ...(perSecond !== undefined && { perSecond }),
  }
}

const MOST_CONCURRENT = 256

export function parseConcurrency(text: string): number {
  const concurrency = parseCount(text, '--concurrency')
  if (concurrency <= MOST_CONCURRENT) return concurrency
  throw new AppError('bad-value', {
    option: '--concurrency',
    value: text,
    expected: `at most ${MOST_CONCURRENT}`,
  })
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 }

/** Events per second of `20/s`, `100/m`. */
export function parseRate(text: string, option = '--rate'): number {
  const [, number = '', unit = 's'] = /^(\d{1,6}(?:\.\d{1,3})?)(?:\/(s|m|h))?$/.exec(text) ?? []
  const perSecond = Number(number) / (UNIT_SECONDS[unit] ?? 1)
  if (number !== '' && perSecond > 0) return perSecond
  throw new AppError('bad-value', { option, value: text, expected: 'a rate such as 20/s or 100/m' })
}

function parseTamper(text: string | undefined): readonly Tampering[] {
  if (text === undefined) return []
  return [
    ...new Set(
      text.split(',').flatMap((kind) => {
        const word = parseWord([...TAMPERINGS, 'all'])(kind.trim(), '--tamper')
        return word === 'all' ? TAMPERINGS : word
      }),
    ),
  ]
}

function formOf({ print, dryRun }: SendFlags): SendPlan['form'] {
  if (print !== undefined) return parseWord(['curl', 'http', 'json'])(print, '--print')
  return dryRun === true ? 'http' : undefined
}

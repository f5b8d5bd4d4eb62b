import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Assessor } from '../../app/assess.ts'
import type { Catalog } from '../../app/catalog.ts'
import type { ListenOptions } from '../../app/listen.ts'
import { listen } from '../../app/listen.ts'
import type { DeliveryOutcome } from '../../core/delivery.ts'
import { EXIT } from '../../core/errors.ts'
import type { Answer, Reporter, Store } from '../../core/ports.ts'
import type { Query, StoredRequest } from '../../core/query.ts'
import type { RawHeaders, RequestId } from '../../core/request.ts'
import { createNdjsonReporter } from '../../ui/reporters/ndjson.ts'
import { createPrettyReporter } from '../../ui/reporters/pretty.ts'
import type { Talk } from '../../ui/talk.ts'
import { createTalk } from '../../ui/talk.ts'
import type { ListenFlags } from '../commands/listen.ts'
import type { CliDeps } from '../deps.ts'
import { conditionOf, queryOf } from '../filter.ts'
import type { ForwardingPlan } from '../forwarding.ts'
import { readForwarding, refuseOwnPort } from '../forwarding.ts'
import { parseCondition } from '../condition.ts'
import { isStoreWanted } from '../options.ts'
import type { Couriers } from '../couriers.ts'
import type { Session } from '../session.ts'
import { LISTENER_LIMITS, openSession, readFileOf } from '../session.ts'
import {
  DEFAULT_MAX_BODY,
  parseBytes,
  parseCount,
  parseHeader,
  parseMs,
  parsePort,
  parseStatus,
  parseWord,
} from '../settings.ts'
import { isDefinition, readSigning, verifyFlags } from '../signing.ts'
import { announce } from './announce.ts'
import { listenKeys, runKey } from './keys.ts'
import { withNotices } from './notices.ts'
import { findCertificate } from './tls.ts'

const DEFAULT_PORT = 8484
/** How long requests in flight may take once we are told to stop. */
const GRACE_MS = 10_000

export async function runListen(
  target: string | undefined,
  flags: ListenFlags,
  deps: CliDeps,
): Promise<number> {
  const { io } = deps
  const session = await openSession(flags, deps)
  const plan = await planOf(target, flags, session, deps)
  const interruption = deps.interruption()
  const quit = new AbortController()
  const talk = createTalk({
    stderr: io.stderr,
    theme: session.err,
    home: deps.paths.home,
    animate: io.stderr.isTTY && io.env['CI'] === undefined,
    keys: io.stdin.isTTY && io.stderr.isTTY ? listenKeys : [],
  })
  let store: Store | undefined
  let releaseKeys: (() => void) | undefined
  let isListening = false
  const printer = createReporter(
    flags,
    plan.signing.catalog,
    session,
    talk,
    (id) => required(store).get(id),
    deps,
  )
  const reporter = plan.notices.length === 0 ? printer : await withNotices(printer, plan.notices, talk, deps)
  const couriers = plan.forwarding && (await openWays(plan.forwarding, deps, reporter))
  try {
    await listen(plan.options, {
      reporter,
      clock: io.clock,
      examine: (request) => plan.assessor.examine(request),
      ...(flags.confirmSubscriptions === true && { confirm: (url: string) => confirm(url, deps) }),
      ...(plan.forwarding && couriers && { forwarding: { ...plan.forwarding, start: couriers.start } }),
      receive: (hooks) => deps.startReceiver(plan.receiver, hooks),
      async openStore() {
        store = plan.stored
          ? await session.openStore(session.limits(flags, LISTENER_LIMITS))
          : await openMemory(deps)
        return store
      },
      async ready(receiver, opened) {
        isListening = true
        await announce(receiver, plan, opened, reporter, deps)
        if (flags.since !== undefined) await printEarlier(plan.options.filter, opened, reporter)
        const destinations = [...(plan.forwarding?.router.destinations.values() ?? [])]
        const keys = { store: opened, reporter, destinations, talk, session, deps, quit: () => quit.abort() }
        if (talk.hasKeys) releaseKeys = io.stdin.onLine((line) => runKey(line, keys))
      },
      stop: AbortSignal.any([interruption.stop, quit.signal]),
    })
  } finally {
    void talk.stopWaiting()
    releaseKeys?.()
    await couriers?.close()
    // Where the port was taken, the file may be the one of whoever has it.
    if (isListening && plan.readyFile !== undefined) await rm(plan.readyFile, { force: true })
  }
  return interruption.bySigint() ? EXIT.interrupted : EXIT.ok
}

/** Loaded only now: a listener that passes nothing on is there the sooner. */
async function openWays(plan: ForwardingPlan, deps: CliDeps, reporter: Reporter): Promise<Couriers> {
  const { openCouriers } = await import('../couriers.ts')
  return openCouriers(plan, deps, false, (run) => reporter.report({ type: 'running', run }))
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('asked for before it was there')
  return value
}

/** All flags checked and all files read, before anything is created or bound. */
async function planOf(target: string | undefined, flags: ListenFlags, session: Session, deps: CliDeps) {
  const { io } = deps
  const text = (value: string): string => value
  const port = session.setting('port', flags.port, parsePort, DEFAULT_PORT)
  const host = session.setting('host', flags.host, text, '127.0.0.1')
  const path = session.setting<string | undefined>('path', flags.path, text, undefined)
  const signing = await readSigning(flags, session, deps)
  const { path: _taken, provider, ...filterFlags } = flags
  const named = provider === undefined || isDefinition(provider) ? undefined : signing.catalog.named(provider)
  const filter = await queryOf({ ...filterFlags, ...(named && { provider: named.id }) }, io.clock.now())
  const forwarding = await readForwarding(target, flags, session, {
    answersAtOnce: ANSWER_SETTINGS.some(
      (key) => flags[key] !== undefined || session.settingOf(key) !== undefined,
    ),
    filter,
  })
  if (forwarding !== undefined) refuseOwnPort(forwarding, host, port)
  // An app that gets the requests answers the challenges too, unless it is told otherwise.
  const whoAnswers = forwarding?.isMirrored === true ? 'off' : 'auto'
  const handshake = session.setting('handshake', flags.handshake, parseWord(['auto', 'off']), whoAnswers)
  const notices = await Promise.all((flags.notify ?? []).map((text) => parseCondition(text, '--notify')))
  const tls = await findCertificate(flags, session, deps)
  const options: ListenOptions = {
    answer: await answerOf(flags, session, deps),
    filter,
    rejectInvalid:
      session.setting('onInvalid', flags.onInvalid, parseWord(['mark', 'reject']), 'mark') === 'reject',
    graceMs: GRACE_MS,
    ...(path !== undefined && { path }),
    ...(flags.count !== undefined && { count: parseCount(flags.count, '--count') }),
    ...(flags.for !== undefined && { forMs: parseMs(flags.for, '--for') }),
    ...(flags.until !== undefined && { until: await conditionOf(flags.until, '--until') }),
  }
  return {
    host,
    tls,
    options,
    signing,
    forwarding,
    notices,
    assessor: new Assessor({ ...signing, handshakes: handshake === 'auto', ...(named && { chosen: named }) }),
    stored: isStoreWanted(flags),
    readyFile: flags.readyFile === undefined ? undefined : resolve(io.cwd, flags.readyFile),
    receiver: {
      host,
      port,
      maxBodyBytes: session.setting('maxBody', flags.maxBody, parseBytes, DEFAULT_MAX_BODY),
      ...(tls !== undefined && { tls: { key: tls.key, cert: tls.cert } }),
    },
  }
}

/** Whoever gives one of these gives the answer himself. */
const ANSWER_SETTINGS = ['respond', 'respondBody', 'respondHeader'] as const

const CONFIRM_TIMEOUT_MS = 10_000

/** Fetches the URL that confirms a subscription, once. It was compared with the provider's own hosts before. */
async function confirm(url: string, deps: CliDeps): Promise<DeliveryOutcome> {
  const forwarder = await deps.openForwarder({ connections: 1, loopbackOnly: false })
  try {
    const request = { method: 'GET', url, headers: [], body: new Uint8Array() }
    return (await forwarder.deliver(request, { timeoutMs: CONFIRM_TIMEOUT_MS })).outcome
  } finally {
    await forwarder.close()
  }
}

function openMemory(deps: CliDeps): Promise<Store> {
  return deps.openStore({ location: ':memory:', keep: 1000, keepBytes: 0, onNotice: () => {} })
}

async function answerOf(flags: ListenFlags, session: Session, { io }: CliDeps): Promise<Answer> {
  const status = session.setting('respond', flags.respond, parseStatus, 200)
  const bodyText = session.setting<string | undefined>(
    'respondBody',
    flags.respondBody,
    (value) => value,
    undefined,
  )
  const custom = headersOf(flags, session)
  const has = (name: string): boolean => custom.some(([candidate]) => candidate.toLowerCase() === name)
  let body: Uint8Array = Buffer.from('{"ok":true}')
  let type = 'application/json'
  if (bodyText !== undefined) {
    body = bodyText.startsWith('@')
      ? await readFileOf('--respond-body', bodyText.slice(1), io.cwd)
      : Buffer.from(bodyText)
    type =
      /^\s*[[{]/.test(bodyText) || bodyText.endsWith('.json')
        ? 'application/json'
        : 'text/plain; charset=utf-8'
  }
  const headers: RawHeaders = has('content-type') ? custom : [['Content-Type', type], ...custom]
  return { status, headers, body }
}

function headersOf(flags: ListenFlags, session: Session): RawHeaders {
  if (flags.respondHeader !== undefined)
    return flags.respondHeader.map((header) => parseHeader(header, '--respond-header'))
  const found = session.settingOf('respondHeader')?.value
  return Array.isArray(found) ? found.map((header) => parseHeader(String(header), 'respondHeader')) : []
}

function createReporter(
  flags: ListenFlags,
  catalog: Catalog,
  session: Session,
  talk: Talk,
  load: (id: RequestId) => Promise<StoredRequest>,
  deps: CliDeps,
): Reporter {
  const { stdout, stderr, clock } = deps.io
  const quiet = flags.quiet === true
  if (flags.json === true) return createNdjsonReporter({ stdout, stderr, clock, load, quiet })
  return createPrettyReporter({
    version: deps.version,
    stdout,
    theme: session.out,
    talk,
    clock,
    quiet,
    verifyFlags: (provider) => verifyFlags(flags, catalog, provider),
  })
}

/** `--since` on a listener: what came before is shown first, then what comes. */
async function printEarlier(filter: Query, store: Store, reporter: Reporter): Promise<void> {
  for await (const { request, identity, verdict } of store.read({ ...filter, oldestFirst: true })) {
    reporter.report({ type: 'request', request, assessment: { identity, verdict } })
  }
}

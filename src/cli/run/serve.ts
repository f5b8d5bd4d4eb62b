import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createCatalog } from '../../app/catalog.ts'
import { seededRandom } from '../../app/event.ts'
import { maskSecret } from '../../app/secrets.ts'
import { isStandardSecret, makeStandardSecret, standardSigner } from '../../app/standard-webhook.ts'
import { AppError, EXIT } from '../../core/errors.ts'
import type { RetryPolicy, RunningService, ServiceSettings } from '../../core/service.ts'
import type { ServiceReporter } from '../../ui/reporters/service.ts'
import { createServiceReporter } from '../../ui/reporters/service.ts'
import { createTalk } from '../../ui/talk.ts'
import { noticeWords } from '../../ui/words.ts'
import type { ServeFlags } from '../commands/serve.ts'
import type { CliDeps } from '../deps.ts'
import { readSecret } from '../secrets.ts'
import type { Session } from '../session.ts'
import { openSession } from '../session.ts'
import { parsePort } from '../settings.ts'
import { endpointOf, isLoopback, writeReadyFile } from './announce.ts'
import { parseRate } from './send-plan.ts'

const DEFAULT_PORT = 8686
/** Attempts over about three minutes: long enough to restart a receiver, short enough to watch. */
const RETRY: RetryPolicy = { attempts: 9, firstMs: 1000, mostMs: 60_000, timeoutMs: 15_000 }
/** Subscribers at one origin share them. */
const CONNECTIONS = 32
/** How long requests and deliveries under way may take once we are told to stop. */
const GRACE_MS = 10_000
/** How long we wait at the end for a reader of our output that takes nothing, in milliseconds. */
const PRINT_PATIENCE_MS = 2000

export async function runServe(flags: ServeFlags, deps: CliDeps): Promise<number> {
  const { io } = deps
  const session = await openSession(flags, deps)
  const plan = await planOf(flags, session, deps)
  const interruption = deps.interruption()
  const talk = createTalk({
    stderr: io.stderr,
    theme: session.err,
    home: deps.paths.home,
    animate: false,
    keys: [],
  })
  const reporter = createServiceReporter({
    version: deps.version,
    stdout: io.stdout,
    theme: session.out,
    talk,
    clock: io.clock,
    quiet: flags.quiet === true,
    json: flags.json === true,
  })
  const rows =
    plan.dataPath === undefined
      ? undefined
      : await deps.openServiceRows(plan.dataPath, (notice) => talk.line(`note: ${noticeWords(notice)}`))
  const forwarder = await deps.openForwarder({
    connections: CONNECTIONS,
    loopbackOnly: !plan.settings.allowRemote,
    // Whoever can subscribe could otherwise look around in the network that this machine is in.
    noPrivate: true,
  })
  let isServing = false
  try {
    const service = await deps.startService(plan.settings, {
      forwarder,
      signer: standardSigner,
      makeSecret: () => makeStandardSecret(deps.random),
      isSecret: isStandardSecret,
      ...(rows !== undefined && { rows }),
      report: (activity) => reporter.report(activity),
    })
    const begun = io.clock.monotonic()
    isServing = true
    await announce(service, plan, reporter, deps)
    await Promise.race([
      aborted(interruption.stop),
      ...(flags.untilStdinEnds === true ? [io.stdin.readAll()] : []),
    ])
    await service.close(GRACE_MS)
    reporter.stopped(io.clock.monotonic() - begun)
  } finally {
    await forwarder.close()
    rows?.close()
    // Where the port was taken, the file may be the one of whoever has it.
    if (isServing && plan.readyFile !== undefined) await rm(plan.readyFile, { force: true })
    await reporter.close(PRINT_PATIENCE_MS)
  }
  return interruption.bySigint() ? EXIT.interrupted : EXIT.ok
}

interface ServePlan {
  readonly settings: ServiceSettings
  readonly dataPath: string | undefined
  readonly token: { readonly origin: string; readonly masked: string } | undefined
  readonly emit: { readonly rate: string; readonly seed: string } | undefined
  readonly readyFile: string | undefined
}

/** All flags checked, before anything is created or bound. */
async function planOf(flags: ServeFlags, session: Session, deps: CliDeps): Promise<ServePlan> {
  const { io } = deps
  const host = flags.host ?? '127.0.0.1'
  const token =
    flags.token === undefined
      ? undefined
      : await readSecret(flags.token, '--token', createCatalog([]), session, deps)
  if (!isLoopback(host) && token === undefined) {
    throw new AppError('usage', {
      message: `--host ${host}: others could reach the service, and nothing would keep them out`,
      hint: 'it changes data and sends webhooks for whoever asks; give it a token',
      next: [`webhook-cli serve --host ${host} --token env:SERVE_TOKEN`],
    })
  }
  if (flags.seed !== undefined && flags.emit === undefined)
    throw new AppError('usage', { message: '--seed is for the events of --emit' })
  const seed = flags.seed ?? Buffer.from(deps.random(4)).toString('hex')
  const emit = flags.emit === undefined ? undefined : { rate: flags.emit, seed }
  return {
    settings: {
      host,
      port: flags.port === undefined ? DEFAULT_PORT : parsePort(flags.port, '--port'),
      allowRemote: flags.allowRemote === true,
      retry: RETRY,
      ...(token !== undefined && { token: token.value }),
      ...(emit !== undefined && {
        emit: { perSecond: parseRate(emit.rate, '--emit'), random: seededRandom(seed) },
      }),
    },
    dataPath: dataPathOf(flags.data ?? 'memory', deps),
    token: token && { origin: token.origin, masked: maskSecret(token.value) },
    emit,
    readyFile: flags.readyFile === undefined ? undefined : resolve(io.cwd, flags.readyFile),
  }
}

function dataPathOf(data: string, { paths, io }: CliDeps): string | undefined {
  if (data === 'memory') return undefined
  if (data === 'file') return join(paths.stateDir, 'service.db')
  if (data.startsWith('file:') && data.length > 'file:'.length)
    return resolve(io.cwd, data.slice('file:'.length))
  throw new AppError('bad-value', { option: '--data', value: data, expected: 'memory, file or file:PATH' })
}

async function announce(
  service: RunningService,
  { settings, dataPath, token, emit, readyFile }: ServePlan,
  reporter: ServiceReporter,
  deps: CliDeps,
): Promise<void> {
  const endpoint = endpointOf(settings.host, service.port, 'http')
  if (readyFile !== undefined) await writeReadyFile(readyFile, endpoint)
  reporter.ready({
    endpoint,
    host: service.host,
    port: service.port,
    startMs: deps.io.clock.monotonic() - deps.startedAt,
    ...(!isLoopback(settings.host) && { exposedHost: settings.host }),
    ...(dataPath !== undefined && { data: dataPath }),
    ...(token !== undefined && { token }),
    ...(emit !== undefined && { emit }),
  })
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

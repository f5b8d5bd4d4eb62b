import { rename, writeFile } from 'node:fs/promises'
import { maskSecret } from '../../app/secrets.ts'
import { AppError } from '../../core/errors.ts'
import type { Ready } from '../../core/events.ts'
import type { Receiver, Reporter, Store } from '../../core/ports.ts'
import type { CliDeps } from '../deps.ts'
import type { ForwardingPlan } from '../forwarding.ts'
import { systemCode } from '../session.ts'
import type { Signing } from '../signing.ts'

/** What of a listener's plan is told. */
interface Announced {
  readonly host: string
  readonly tls: { readonly selfSigned?: NonNullable<Ready['selfSigned']> } | undefined
  readonly options: { readonly path?: string }
  readonly signing: Signing
  /** False with `--no-store`. */
  readonly stored: boolean
  readonly readyFile: string | undefined
  readonly forwarding: Pick<ForwardingPlan, 'targets'> | undefined
}

/** How long the banner waits to learn whether a target is there, in milliseconds. */
const LOOK_MS = 200

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/

/** Tells that the endpoint takes requests: to people, and to a script that waits for a file. */
export async function announce(
  receiver: Receiver,
  plan: Announced,
  store: Store,
  reporter: Reporter,
  deps: CliDeps,
): Promise<void> {
  const { clock } = deps.io
  const loopback = isLoopback(plan.host)
  const endpoint = endpointOf(plan.host, receiver.port, plan.tls === undefined ? 'http' : 'https')
  const targets = plan.forwarding && (await lookAt(plan.forwarding.targets, deps))
  if (plan.readyFile !== undefined) await writeReadyFile(plan.readyFile, endpoint)
  reporter.report({
    type: 'ready',
    ready: {
      endpoint,
      startMs: clock.monotonic() - deps.startedAt,
      ...(!loopback && { exposedHost: plan.host }),
      ...(plan.stored && { store: { location: store.location, kept: await store.count() } }),
      ...(targets !== undefined && { targets }),
      ...(plan.options.path !== undefined && { path: plan.options.path }),
      ...(!plan.signing.secrets.isEmpty && { secrets: secretsShown(plan.signing) }),
      ...(plan.tls?.selfSigned !== undefined && { selfSigned: plan.tls.selfSigned }),
    },
  })
}

function lookAt(targets: ForwardingPlan['targets'], deps: CliDeps): Promise<NonNullable<Ready['targets']>> {
  return Promise.all(
    targets.map(async ({ loopbackOnly, ...target }) => {
      // Commands are not URLs.
      if (!/^https?:/i.test(target.name)) return target
      const look = await deps.lookAt(target.name, { patienceMs: LOOK_MS, loopbackOnly })
      return look === undefined ? target : { ...target, look }
    }),
  )
}

/** True for the names and addresses by which only this machine is reached. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host)
}

/** The URL by which a user of this machine reaches what listens on an address, with a trailing slash. */
export function endpointOf(host: string, port: number, scheme: 'http' | 'https'): string {
  const everywhere = host === '0.0.0.0' || host === '::'
  const name = isLoopback(host) || everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `${scheme}://${name}:${port}/`
}

/** What the banner may tell of the secrets. */
function secretsShown({ secrets }: Signing): NonNullable<Ready['secrets']> {
  return secrets.all().map(({ provider, origin, value }) => ({
    origin,
    masked: maskSecret(value),
    ...(provider !== undefined && { provider }),
  }))
}

/** Whole or not at all: a script that sees the file can read it. */
export async function writeReadyFile(path: string, endpoint: string): Promise<void> {
  const draft = `${path}.${Buffer.from(endpoint).toString('hex').slice(-12)}.tmp`
  try {
    await writeFile(draft, `${JSON.stringify({ v: 1, type: 'ready', endpoint })}\n`, { mode: 0o600 })
    await rename(draft, path)
  } catch (error) {
    throw new AppError('file-unwritable', { path, reason: systemCode(error) }, { cause: error })
  }
}

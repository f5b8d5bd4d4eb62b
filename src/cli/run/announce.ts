import { rename, writeFile } from 'node:fs/promises'
import { maskSecret } from '../../app/secrets.ts'
import { AppError } from '../../core/errors.ts'
import type { Ready } from '../../core/events.ts'
import type { Receiver, Reporter, Store } from '../../core/ports.ts'
import type { CliDeps } from '../deps.ts'
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
}

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
  const loopback = LOOPBACK.test(plan.host)
  const everywhere = plan.host === '0.0.0.0' || plan.host === '::'
  const name = loopback || everywhere ? 'localhost' : plan.host.includes(':') ? `[${plan.host}]` : plan.host
  const endpoint = `${plan.tls === undefined ? 'http' : 'https'}://${name}:${receiver.port}/`
  if (plan.readyFile !== undefined) await writeReadyFile(plan.readyFile, endpoint)
  reporter.report({
    type: 'ready',
    ready: {
      endpoint,
      startMs: clock.monotonic() - deps.startedAt,
      ...(!loopback && { exposedHost: plan.host }),
      ...(plan.stored && { store: { location: store.location, kept: await store.count() } }),
      ...(plan.options.path !== undefined && { path: plan.options.path }),
      ...(!plan.signing.secrets.isEmpty && { secrets: secretsShown(plan.signing) }),
      ...(plan.tls?.selfSigned !== undefined && { selfSigned: plan.tls.selfSigned }),
    },
  })
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
async function writeReadyFile(path: string, endpoint: string): Promise<void> {
  const draft = `${path}.${Buffer.from(endpoint).toString('hex').slice(-12)}.tmp`
  try {
    await writeFile(draft, `${JSON.stringify({ v: 1, type: 'ready', endpoint })}\n`, { mode: 0o600 })
    await rename(draft, path)
  } catch (error) {
    throw new AppError('file-unwritable', { path, reason: systemCode(error) }, { cause: error })
  }
}

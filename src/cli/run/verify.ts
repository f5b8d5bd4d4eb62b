import { schemeOfFlags } from '../../app/catalog.ts'
import type { NamedSecret } from '../../app/secrets.ts'
import type { ExplainedVerdict, Verification, VerifyOptions } from '../../app/verify.ts'
import { explainRequest, explainTurnedDown, verifyRequest } from '../../app/verify.ts'
import { signatureToJson } from '../../core/content/jsonv1.ts'
import { AppError, EXIT } from '../../core/errors.ts'
import type { StoredRequest } from '../../core/query.ts'
import type { NewRequest } from '../../core/request.ts'
import { toJsonLine } from '../../ui/sanitize.ts'
import { renderVerification } from '../../ui/verification.ts'
import type { VerifyFlags } from '../commands/verify.ts'
import type { CliDeps } from '../deps.ts'
import { readRequest } from '../request-file.ts'
import { readSecrets, refuseSecretFromStdin } from '../secrets.ts'
import type { Session } from '../session.ts'
import { openSession } from '../session.ts'
import type { Signing } from '../signing.ts'
import { providerOf, readSigning } from '../signing.ts'

export async function runVerify(source: string, flags: VerifyFlags, deps: CliDeps): Promise<number> {
  if (source === '-') refuseSecretFromStdin(flags.secret, 'request')
  const session = await openSession(flags, deps)
  const signing = await readSigning(flags, session, deps)
  const provider = chosenProvider(flags, signing)
  const stored = await storedOf(source, session, deps)
  const { request } = stored
  const options: VerifyOptions = {
    ...signing,
    ...(provider !== undefined && { provider }),
    now: parseAt(flags.at ?? 'received', request.receivedAt, deps.io.clock.now()),
  }
  const verification = verifyRequest(request, options)
  const isValid = verification.verdict.status === 'valid'
  const turnedDown = isValid && flags.explain !== false ? explainTurnedDown(stored, options) : undefined
  const explanation =
    turnedDown ??
    ((flags.explain ?? !isValid)
      ? explainRequest(
          request,
          verification.provider,
          options,
          await otherSecrets(flags, signing, session, deps),
        )
      : undefined)
  print(verification, explanation, request, flags, session, deps)
  return isValid ? EXIT.ok : EXIT.checkFailed
}

/** Secrets of the settings that the flags have left aside: the right one may be among them. */
async function otherSecrets(
  flags: VerifyFlags,
  { catalog }: Signing,
  session: Session,
  deps: CliDeps,
): Promise<readonly NamedSecret[]> {
  if (flags.secret === undefined) return []
  try {
    return await readSecrets(undefined, catalog, session, deps)
  } catch {
    // One that cannot be read was not asked for, and is no reason to fail.
    return []
  }
}

/** Flags that nothing would look at without a scheme of one's own. */
const OWN_SCHEME = [
  ['signedContent', '--signed-content'],
  ['timestampHeader', '--timestamp-header'],
  ['timestampUnit', '--timestamp-unit'],
  ['idHeader', '--id-header'],
  ['encoding', '--encoding'],
  ['keyForm', '--key-form'],
] as const

function chosenProvider(flags: VerifyFlags, signing: Signing): Verification['provider'] {
  const { toleranceS } = signing
  const { provider, scheme, signatureHeader } = flags
  if (scheme === undefined && signatureHeader === undefined) {
    const stray = OWN_SCHEME.find(([name]) => flags[name] !== undefined)
    if (stray !== undefined)
      throw new AppError('usage', {
        message: `${stray[1]} says something of a scheme of your own, which --scheme and --signature-header name`,
      })
    if (provider === undefined || provider === 'auto') return undefined
    return providerOf(provider, signing)
  }
  if (scheme === undefined || signatureHeader === undefined) {
    throw new AppError('usage', { message: '--scheme and --signature-header go together' })
  }
  return schemeOfFlags({ ...flags, scheme, signatureHeader, ...(toleranceS !== undefined && { toleranceS }) })
}

async function storedOf(
  source: string,
  session: Session,
  deps: CliDeps,
): Promise<Pick<StoredRequest, 'deliveries'> & { readonly request: NewRequest }> {
  if (source === '-' || source.startsWith('@'))
    return { request: await readRequest(source, deps), deliveries: [] }
  const store = await session.openStore()
  try {
    return await store.get(source)
  } finally {
    await store.close()
  }
}

/** Epoch milliseconds of `--at`. */
function parseAt(text: string, receivedAt: number, now: number): number {
  if (text === 'received') return receivedAt
  if (text === 'now') return now
  if (/^\d{1,11}$/.test(text)) return Number(text) * 1000
  const date = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(date)) {
    throw new AppError('bad-value', {
      option: '--at',
      value: text,
      expected: 'received, now, unix seconds or a time in ISO 8601',
    })
  }
  return date
}

function print(
  { verdict, evidence }: Verification,
  explanation: ExplainedVerdict | undefined,
  request: NewRequest,
  flags: VerifyFlags,
  session: Session,
  { io }: CliDeps,
): void {
  if (flags.json === true) {
    const { hints: _hints, ...explained } = explanation ?? { code: '', text: '', fix: '' }
    io.stdout.write(
      toJsonLine({ ...signatureToJson(verdict), ...(explanation && { explanation: explained }) }),
    )
    return
  }
  if (flags.quiet === true && verdict.status === 'valid') return
  const view = { verdict, request, ...(evidence && { evidence }), ...(explanation && { explanation }) }
  io.stdout.write(renderVerification(view, session.out, io.stdout.columns()))
}

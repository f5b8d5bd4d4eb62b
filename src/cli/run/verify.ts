import { schemeOfFlags } from '../../app/catalog.ts'
import type { Verification } from '../../app/verify.ts'
import { verifyRequest } from '../../app/verify.ts'
import { AppError, EXIT } from '../../core/errors.ts'
import type { NewRequest } from '../../core/request.ts'
import { renderVerification } from '../../ui/verification.ts'
import type { VerifyFlags } from '../commands/verify.ts'
import type { CliDeps } from '../deps.ts'
import { readRequest } from '../request-file.ts'
import type { Session } from '../session.ts'
import { openSession } from '../session.ts'
import type { Signing } from '../signing.ts'
import { isDefinition, readSigning } from '../signing.ts'

export async function runVerify(source: string, flags: VerifyFlags, deps: CliDeps): Promise<number> {
  if (source === '-' && flags.secret?.some((secret) => /(?:^|=)-$/.test(secret)) === true) {
    throw new AppError('usage', { message: 'the request and the secret cannot both come from stdin' })
  }
  const session = await openSession(flags, deps)
  const signing = await readSigning(flags, session, deps)
  const provider = chosenProvider(flags, signing)
  const request = await requestOf(source, session, deps)
  const verification = verifyRequest(request, {
    ...signing,
    ...(provider !== undefined && { provider }),
    now: parseAt(flags.at ?? 'received', request.receivedAt, deps.io.clock.now()),
  })
  print(verification, request, flags, session, deps)
  return verification.verdict.status === 'valid' ? EXIT.ok : EXIT.checkFailed
}

function chosenProvider(flags: VerifyFlags, { catalog, toleranceS }: Signing): Verification['provider'] {
  const { provider, scheme, signatureHeader } = flags
  if (scheme === undefined && signatureHeader === undefined) {
    if (provider === undefined || provider === 'auto') return undefined
    return isDefinition(provider) ? catalog.providers[0] : catalog.named(provider)
  }
  if (scheme === undefined || signatureHeader === undefined) {
    throw new AppError('usage', { message: '--scheme and --signature-header go together' })
  }
  return schemeOfFlags({ ...flags, scheme, signatureHeader, ...(toleranceS !== undefined && { toleranceS }) })
}

async function requestOf(source: string, session: Session, deps: CliDeps): Promise<NewRequest> {
  if (source === '-' || source.startsWith('@')) return readRequest(source, deps)
  const store = await session.openStore()
  try {
    return (await store.get(source)).request
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
  request: NewRequest,
  flags: VerifyFlags,
  session: Session,
  { io }: CliDeps,
): void {
  if (flags.json === true) {
    io.stdout.write(`${JSON.stringify(verdict)}\n`)
    return
  }
  if (flags.quiet === true && verdict.status === 'valid') return
  io.stdout.write(renderVerification({ verdict, request, ...(evidence && { evidence }) }, session.out))
}

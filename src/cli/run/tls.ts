import { X509Certificate } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../core/errors.ts'
import type { ListenFlags } from '../commands/listen.ts'
import type { CliDeps } from '../deps.ts'
import { makeFolder } from '../folders.ts'
import type { Session } from '../session.ts'
import { readFileOf, systemCode } from '../session.ts'

interface Tls {
  readonly key: string
  readonly cert: string
  readonly selfSigned?: { readonly fingerprint: string; readonly path: string }
}

/** The certificate to listen with: the user's own, or ours, which is made once and kept so that it can be trusted once. */
export async function findCertificate(
  flags: ListenFlags,
  session: Session,
  deps: CliDeps,
): Promise<Tls | undefined> {
  const text = (value: string): string => value
  const cert = session.setting<string | undefined>('cert', flags.cert, text, undefined)
  const key = session.setting<string | undefined>('key', flags.key, text, undefined)
  if ((cert === undefined) !== (key === undefined)) {
    throw new AppError('usage', { message: '--cert and --key go together' })
  }
  if (cert !== undefined && key !== undefined) {
    const { cwd } = deps.io
    return {
      cert: (await readFileOf('--cert', cert, cwd)).toString('utf8'),
      key: (await readFileOf('--key', key, cwd)).toString('utf8'),
    }
  }
  const wanted = flags.tls ?? session.settingOf('tls')?.value === true
  return wanted ? ourOwn(deps) : undefined
}

/** Left before the certificate is made anew, in milliseconds. */
const LEAST_VALIDITY_MS = 7 * 86_400_000

async function ourOwn(deps: CliDeps): Promise<Tls> {
  const { paths, io } = deps
  const folder = join(paths.stateDir, 'tls')
  const certPath = join(folder, 'localhost.crt')
  const keyPath = join(folder, 'localhost.key')
  const now = io.clock.now()
  const kept = await readKept(certPath, keyPath, now)
  if (kept !== undefined) return kept
  const made = await deps.makeCertificate(now)
  try {
    makeFolder(folder, 0o700)
    await writeFile(keyPath, made.key, { mode: 0o600 })
    await writeFile(certPath, made.cert, { mode: 0o600 })
  } catch (error) {
    throw new AppError('file-unwritable', { path: folder, reason: systemCode(error) }, { cause: error })
  }
  return { key: made.key, cert: made.cert, selfSigned: { fingerprint: made.fingerprint256, path: certPath } }
}

async function readKept(certPath: string, keyPath: string, now: number): Promise<Tls | undefined> {
  try {
    const [cert, key] = await Promise.all([readFile(certPath, 'utf8'), readFile(keyPath, 'utf8')])
    const parsed = new X509Certificate(cert)
    if (Date.parse(parsed.validTo) < now + LEAST_VALIDITY_MS) return undefined
    return { cert, key, selfSigned: { fingerprint: parsed.fingerprint256, path: certPath } }
  } catch {
    // Not there, or not readable as a certificate: it is ours to make anew.
    return undefined
  }
}

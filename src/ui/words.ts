import type { HandshakeNotice, Look, Refusal } from '../core/events.ts'
import { formatBytes, formatDuration } from '../core/units.ts'
import type { Verdict, VerifyFailure } from '../core/verdict.ts'
import type { CommandOutcome, Delivery } from '../core/delivery.ts'
import type { StoreNotice } from '../core/ports.ts'
import type { Theme } from './theme.ts'
import { sanitizeLine } from './sanitize.ts'

/** `✓ stripe`, `✗ stripe`, `– github`: a verdict in one word. Empty for what carries no signature. */
export function verdictMark(verdict: Verdict, theme: Theme): string {
  const { symbols } = theme
  switch (verdict.status) {
    case 'unsigned':
      return ''
    case 'unchecked':
      return theme.dim(`${symbols.none} ${sanitizeLine(verdict.provider)}`)
    case 'valid':
      return theme.ok(`${symbols.ok} ${sanitizeLine(verdict.provider)}`)
    case 'stale':
      return theme.warn(`${symbols.bad} ${sanitizeLine(verdict.provider)} (time)`)
    case 'invalid':
      return theme.bad(`${symbols.bad} ${sanitizeLine(verdict.provider)}`)
  }
}

/** A verdict in a column of its own: says what is wrong, as there is no line below to say it. */
export function verdictCell(verdict: Verdict, theme: Theme): string {
  const mark = verdictMark(verdict, theme)
  if (verdict.status === 'unchecked') return `${mark} ${theme.dim('(no secret)')}`
  return mark
}

/** What went wrong with a signature, as half a sentence. */
export function failureWords(reason: VerifyFailure): string {
  const about = reason.subject === undefined ? '' : ` ${sanitizeLine(reason.subject)}`
  switch (reason.code) {
    case 'no-match':
      return reason.candidates === undefined || reason.candidates === 1
        ? 'the signature does not match'
        : `none of its ${reason.candidates} signatures matches`
    case 'token-mismatch':
      return 'the token sent along is not the secret'
    case 'no-known-scheme':
      return 'its signatures are all of versions that are not accepted'
    case 'header-missing':
      return `the signature header${about} is missing`
    case 'header-malformed':
      return `the signature header${about} is not in the provider’s form`
    case 'timestamp-missing':
      return 'it carries no timestamp'
    case 'timestamp-malformed':
      return 'its timestamp is no number or date'
    case 'id-missing':
      return 'it carries no message id'
    case 'id-malformed':
      return 'its message id is not in the provider’s form'
    case 'secret-malformed':
      return 'the secret given is not in the provider’s form'
    case 'body-hash-mismatch':
      return 'the body is not the one whose hash was signed'
    case 'body-malformed':
      return `the body lacks what is signed${about === '' ? '' : `:${about}`}`
    case 'option-missing':
      return `checking it needs --option${about}`
    case 'token-expired':
      return 'its token has expired'
    case 'certificate-untrusted':
      return `it names a certificate${about === '' ? '' : ` at${about}`} that is not the provider’s`
    case 'too-many-signatures':
      return 'it carries more signatures than any provider sends'
  }
}

/** What was done about a provider's challenge, as one sentence for stderr. */
export function handshakeWords(notice: HandshakeNotice): string {
  const { accepted, learnt, confirmUrl, confirmed } = notice
  const what = `the challenge of ${sanitizeLine(notice.provider)} (${sanitizeLine(notice.name)})`
  if (!accepted) return `${what} was refused: its token or signature is wrong`
  if (learnt !== undefined) return `answered ${what}; its secret ${sanitizeLine(learnt)} is used from now on`
  if (confirmUrl === undefined) return `answered ${what}`
  const url = sanitizeLine(confirmUrl)
  if (confirmed === undefined)
    return `${what} waits to be confirmed by fetching ${url} (--confirm-subscriptions)`
  if (confirmed.kind === 'response') return `fetched ${url}: it answered ${confirmed.status}`
  return `could not fetch ${url}: ${connectionWords(confirmed.code)}`
}

/** `200    6 ms`, `refused`: what came of an attempt. */
export function outcomeWords(delivery: Pick<Delivery, 'outcome' | 'durationMs'>, theme: Theme): string {
  const { outcome } = delivery
  if (outcome.kind === 'response') {
    const paint = outcome.status >= 500 ? theme.bad : outcome.status >= 300 ? theme.warn : theme.ok
    return `${paint(String(outcome.status))} ${theme.dim(`${Math.round(delivery.durationMs)} ms`)}`
  }
  if (outcome.kind === 'exit') return exitWords(outcome, delivery.durationMs, theme)
  const words =
    outcome.kind === 'unknown'
      ? `no answer (${connectionWords(outcome.code)})`
      : connectionWords(outcome.code)
  return theme.bad(`${theme.symbols.bad} ${sanitizeLine(words)}`)
}

function exitWords(outcome: CommandOutcome, durationMs: number, theme: Theme): string {
  const took = theme.dim(formatDuration(durationMs))
  if (outcome.timedOut) return theme.bad(`${theme.symbols.bad} timed out`)
  if (outcome.status === 0) return `${theme.ok('exit 0')} ${took}`
  return `${theme.bad(`${theme.symbols.bad} ${commandWords(outcome)}`)} ${took}`
}

export function lookWords(look: Look, theme: Theme): string {
  if (look === 'reachable') return look
  return look === 'unreachable' ? 'not reachable yet' : theme.bad(connectionWords(look))
}

/** `‹redacted 12›`: what stands in the place of a secret of so many characters. */
export function hiddenWords(characters: number, { symbols }: Theme): string {
  const [open, close] = symbols.quotes
  return `${open}redacted ${characters}${close}`
}

/** Said once we are told to end and wait for what is under way. */
export function finishingWords(inFlight: number, wasTold: boolean, { dim, symbols }: Theme): string {
  const hint = wasTold ? ' Ctrl-C again to stop at once' : ''
  return dim(`  finishing ${inFlight} in flight${symbols.ellipsis}${hint}`)
}

/** What keeps deliveries from being recorded, by the code of the store's failure. */
export function troubleWords(code: string): string {
  switch (code) {
    case 'store-busy':
      return 'another program holds the store; deliveries are recorded once it lets go'
    case 'store-write-failed':
      return 'the store cannot be written (is the disk full?); deliveries are recorded once it can'
    default:
      return `a delivery could not be recorded: ${sanitizeLine(code)}`
  }
}

/** Why nothing came back, by our own codes, the system's, OpenSSL's and those of undici. */
const CONNECTION: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['ENOTFOUND', 'no such host'],
  ['EAI_AGAIN', 'no such host'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'closed the connection'],
  ['UND_ERR_SOCKET', 'closed the connection'],
  ['NO_ANSWER', 'closed the connection'],
  ['ETIMEDOUT', 'timed out'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timed out'],
  ['EHOSTUNREACH', 'no way to that host'],
  ['ENETUNREACH', 'no way to that network'],
  ['EADDRNOTAVAIL', 'no address or port left to send from'],
  ['EMFILE', 'too many files and sockets open'],
  ['INTERRUPTED', 'interrupted'],
  ['METADATA_ADDRESS', 'not sent: the address of a cloud’s metadata service'],
  ['PRIVATE_ADDRESS', 'not sent: in a private network'],
  ['NOT_LOOPBACK', 'not sent: another machine (--allow-remote)'],
  ['UND_ERR_HEADERS_OVERFLOW', 'headers too large'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'another length than announced'],
  ['HTTPParserError', 'no valid HTTP'],
  ['EPROTO', 'no TLS there'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'no TLS there'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'no TLS there'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate of an unknown authority'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate of an unknown authority'],
  ['CERT_HAS_EXPIRED', 'certificate out of date'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate of another host'],
])

/** What a code says of a connection; one that we do not know, as it is. */
export function connectionWords(code: string): string {
  return CONNECTION.get(code) ?? (code.startsWith('HPE_') ? 'no valid HTTP' : sanitizeLine(code))
}

const COMMAND: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such program'],
  ['EACCES', 'not allowed to run'],
  ['E2BIG', 'too much for its environment'],
  ['EAGAIN', 'too many processes'],
  ['ENOEXEC', 'not a program'],
  ['NEEDS_SHELL', 'a batch file runs only by --exec-shell'],
  ['INTERRUPTED', 'interrupted'],
])

/** What came of a command: `exit 1`, `ended by SIGTERM`, `no such program`. */
export function commandWords({ status }: Pick<CommandOutcome, 'status'>): string {
  if (typeof status === 'number') return `exit ${status}`
  return COMMAND.get(status) ?? (/^SIG[A-Z0-9]+$/.test(status) ? `ended by ${status}` : sanitizeLine(status))
}

const FILE: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file or folder'],
  ['ENOTDIR', 'no such file or folder'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['ELOOP', 'too many links'],
  ['EROFS', 'the disk is read-only'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EMFILE', 'too many files open'],
  ['ENAMETOOLONG', 'its name is too long'],
])

/** Why a file cannot be read or written; what is no code of the system is in words already. */
export function fileWords(reason: string): string {
  return FILE.get(reason) ?? sanitizeLine(reason)
}

const LISTENING: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'only an administrator may take that port'],
  ['EADDRNOTAVAIL', 'not an address of this machine'],
  ['EAFNOSUPPORT', 'this machine has no such addresses'],
  ['EINVAL', 'not an address to listen on'],
  ['ENOTFOUND', 'no such host'],
  ['EAI_AGAIN', 'no such host'],
  ['EMFILE', 'too many files and sockets open'],
])

/** Why nobody can listen at an address. */
export function listeningWords(reason: string): string {
  return LISTENING.get(reason) ?? sanitizeLine(reason)
}

/** Why a request was turned away, as one sentence for stderr. */
export function refusalWords(refusal: Refusal): string {
  const who =
    refusal.method === undefined
      ? 'a request'
      : `${sanitizeLine(refusal.method)} ${sanitizeLine(refusal.target ?? '')}`
  const answered = refusal.status === undefined ? 'not kept' : `answered ${refusal.status}, not kept`
  const got = refusal.receivedBytes === undefined ? '' : ` after ${formatBytes(refusal.receivedBytes)}`
  const detail = refusal.detail === undefined ? '' : `: ${sanitizeLine(refusal.detail)}`
  switch (refusal.reason) {
    case 'body-too-large':
      return `${who}: body over --max-body, ${answered}`
    case 'too-much-in-flight':
      return `${who}: too many bytes in flight at once, ${answered}`
    case 'store-failed':
      return `${who}: the store could not keep it${detail}, ${answered}`
    case 'cut-off':
      return `${who}: cut off by its sender${got}, ${answered}`
    case 'path-not-served':
      return `${who}: not on --path, ${answered}`
    case 'transfer-coding':
      return `${who}: transfer-coding other than chunked, ${answered}`
    case 'malformed':
      return `not HTTP as it should be${detail}, ${answered}`
    case 'headers-too-large':
      return `headers over 64 KiB, ${answered}`
    case 'too-slow':
      return `${who}: too slow${got}, ${answered}`
    case 'loop':
      return `${who}: it has been here before, so a target leads back to this listener, ${answered}`
    case 'bug':
      return `${who}: a bug in webhook-cli${detail}, ${answered}`
  }
}

/** What the owner of a store should know of its files. */
export function noticeWords(notice: StoreNotice): string {
  const path = sanitizeLine(notice.path)
  switch (notice.kind) {
    case 'mode-narrowed':
      return `others could read ${path} (mode ${(notice.from & 0o777).toString(8)}); now only you can`
    case 'directory-of-another':
      return `the folder ${path} belongs to another user (uid ${notice.owner}), who could replace what is in it`
  }
}

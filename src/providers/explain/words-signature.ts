import { formatDuration, formatSkew } from '../../core/units.ts'
import type { Algorithm, Encoding, TimestampRule } from '../types.ts'
import type { SecretBlemish, UrlChange, WordsOf } from './types.ts'

type SignatureCode =
  | 'valid'
  | 'stale'
  | 'unchecked'
  | 'unsigned'
  | 'unrecognised'
  | 'other-secret'
  | 'secret-trimmed'
  | 'secret-newline'
  | 'secret-verbatim'
  | 'secret-unprefixed'
  | 'secret-decoded'
  | 'other-provider'
  | 'other-scheme'
  | 'other-header'
  | 'signature-encoding'
  | 'signature-algorithm'
  | 'signature-format'
  | 'signed-content'
  | 'timestamp-unit'
  | 'timestamp-source'
  | 'url'
  | 'nothing-found'

const BLEMISH: Readonly<Record<SecretBlemish, string>> = {
  newline: 'the newline at its end',
  whitespace: 'the spaces around it',
  quotes: 'the quotes around it',
  assignment: 'the variable name and the equals sign before it',
  'escaped-newlines': String.raw`the \n written out in it (real line ends instead)`,
  'byte-order-mark': 'the byte order mark before it',
}

const URL_CHANGE: Readonly<Record<UrlChange, string>> = {
  scheme: 'http and https are exchanged',
  host: 'another host',
  'port-added': 'with a port',
  'port-removed': 'without the port',
  'port-changed': 'another port',
  'slash-added': 'with a slash at the end of the path',
  'slash-removed': 'without the slash at the end of the path',
  'prefix-added': 'with the prefix that the proxy strips',
  'prefix-removed': 'without the first part of the path',
  'path-rewritten': 'with the path from before the proxy rewrote it',
  'query-dropped': 'without the query',
  'query-changed': 'with another query',
}

const ALGORITHM: Readonly<Record<Algorithm, string>> = {
  'hmac-sha256': 'HMAC-SHA256',
  'hmac-sha1': 'HMAC-SHA1',
  'hmac-sha512': 'HMAC-SHA512',
  sha256: 'plain SHA-256 over secret and content',
  ed25519: 'Ed25519',
  'ecdsa-p256-sha256': 'ECDSA',
  'rsa-sha1': 'RSA-SHA1',
  'rsa-sha256': 'RSA-SHA256',
  token: 'a token',
  'jwt-hs256': 'a JWT',
}

const ENCODING: Readonly<Record<Encoding, string>> = {
  hex: 'hex',
  base64: 'base64',
  base64url: 'base64url',
  raw: 'plain text',
}

const UNIT: Readonly<Record<TimestampRule['unit'], string>> = {
  s: 'seconds',
  ms: 'milliseconds',
  iso: 'ISO 8601',
}

/** `secret, body and URL`. */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}

/** `sha256={sig}` as people write it. */
function elided(format: string): string {
  return format.replace('{sig}', '…')
}

const OF_THE_ORIGIN: ReadonlySet<UrlChange> = new Set<UrlChange>([
  'scheme',
  'host',
  'port-added',
  'port-removed',
  'port-changed',
])

/** The origin is enough where path and query are the request's own. */
function publicUrlFor(url: string, changes: readonly UrlChange[]): string {
  const origin = /^https?:\/\/[^/?]*/.exec(url)?.[0]
  return origin !== undefined && changes.every((change) => OF_THE_ORIGIN.has(change)) ? origin : url
}

export const SIGNATURE_WORDS: WordsOf<SignatureCode> = {
  valid: (_, name) => ({ text: `The signature is ${name}'s and in time.`, fix: '' }),
  stale: ({ skewMs, toleranceS, laxer }, name) => ({
    text: [
      `The signature is right, but its time is ${formatSkew(skewMs)}`,
      toleranceS === undefined ? '.' : `; ${name} allows ${formatDuration(toleranceS * 1000)} either way.`,
      laxer === undefined ? '' : ` Where you use ${laxer.sdk}, it may pass: ${laxer.note}.`,
    ].join(''),
    fix:
      skewMs < 0
        ? 'Set the clock: either the sender is fast or this machine is slow.'
        : 'A replayed request has to be signed anew; to check an old one as of its arrival, give --at received or a larger --tolerance.',
  }),
  unchecked: ({ env }, name) => ({
    text: `It carries a signature of ${name}, and no secret to check it with is known.`,
    fix: env === undefined ? 'Give the secret with --secret.' : `Give the secret: --secret env:${env}`,
  }),
  unsigned: ({ never }, name) =>
    never
      ? { text: `${name} signs nothing.`, fix: 'Protect the endpoint with a secret in its URL.' }
      : {
          text: 'It carries no signature.',
          fix: 'Check that a secret is set where the webhook was made, and that no proxy drops the header.',
        },
  unrecognised: ({ headers }) => ({
    text: `It is not known who sent it; ${headers.join(', ')} may be a signature.`,
    fix: 'Name the sender with --provider, or describe how it signs with --scheme and --signature-header.',
  }),

  'other-secret': ({ label, for: other }) => ({
    text: `It was signed with another secret of yours: ${label}${other === undefined ? '' : `, configured for ${other}`}.`,
    fix: `Use ${label} for this endpoint.`,
  }),
  'secret-trimmed': ({ label, blemish }) => ({
    text: `The signature is right for the secret ${label} without ${BLEMISH[blemish]}.`,
    fix:
      blemish === 'newline'
        ? "Store it without: printf '%s' writes no newline, echo does."
        : `Store ${label} without ${BLEMISH[blemish]}.`,
  }),
  'secret-newline': ({ label }) => ({
    text: `The sender's secret has a newline at its end, and ${label} has none.`,
    fix: "Enter the secret anew at the sender, without the newline: printf '%s' instead of echo.",
  }),
  'secret-verbatim': ({ label }, name) => ({
    text: `It was signed with the text of ${label} as it stands; the scheme of ${name} decodes it first.`,
    fix: 'Have the sender decode the secret, or verify as a provider that does not: --provider.',
  }),
  'secret-unprefixed': ({ label, prefix }, name) => ({
    text: `It was signed with the part of ${label} behind ${prefix}, not decoded; the scheme of ${name} reads it otherwise.`,
    fix: `Give the secret without ${prefix}, or have the sender use it as ${name} does.`,
  }),
  'secret-decoded': ({ label, form, prefix }, name) => ({
    text: `It was signed with ${label}${prefix === undefined ? '' : ` behind ${prefix}`} decoded from ${form}; the scheme of ${name} reads it otherwise.`,
    fix: `Have the sender use the secret without decoding it from ${form}, or verify as a provider that decodes it: --provider.`,
  }),

  'other-provider': ({ providers }) => ({
    text: `It is signed the way of ${listed(providers)}.`,
    fix: `Verify it as that: --provider ${providers[0] ?? ''}`,
  }),
  'other-scheme': ({ scheme }, name) => ({
    text: `Only the scheme ${scheme} of ${name} fits, which does not count here: a newer one is there too, or the request names another version.`,
    fix: `Find out who changed the other signature; falling back to ${scheme} in the app would let anybody downgrade it.`,
  }),
  'other-header': ({ header, expected }) => ({
    text: `The signature is right, but stands in ${header} instead of ${expected}.`,
    fix: `Read it from ${header}, or have the proxy pass ${expected} on under its own name.`,
  }),
  'signature-encoding': ({ encoding, expected }) => ({
    text: `The signature is right, but written in ${ENCODING[encoding]} instead of ${ENCODING[expected]}.`,
    fix: `Compare the bytes: decode the header from ${ENCODING[encoding]} first.`,
  }),
  'signature-algorithm': ({ algorithm, expected }) => ({
    text: `It was signed with ${ALGORITHM[algorithm]} instead of ${ALGORITHM[expected]}.`,
    fix: `Use ${ALGORITHM[expected]} on both sides.`,
  }),
  'signature-format': ({ format, expected }) => ({
    text: `The signature is right, but stands as "${elided(format)}" in its header instead of "${elided(expected)}".`,
    fix: 'Read the header as it comes, or have the sender write it as it should be.',
  }),
  'signed-content': ({ content, like }) => ({
    text: `What was signed is ${content}, as ${listed(like)} do it.`,
    fix: `Put the signed text together in the same way on both sides, or --signed-content '${content}'.`,
  }),

  'timestamp-unit': ({ unit, expected }, name) => ({
    text: `Its time is in ${UNIT[unit]}; ${name} sends ${UNIT[expected]}.`,
    fix: `Have the sender write the time in ${UNIT[expected]}.`,
  }),
  'timestamp-source': ({ header }) => ({
    text: `The time that was signed is the one in ${header}.`,
    fix: `Take the time from ${header}, or find out who changed the other header.`,
  }),

  url: ({ url, changes }) => ({
    text: `It was signed for ${url}: ${changes.map((change) => URL_CHANGE[change]).join(', ')}.`,
    fix: `Verify for the URL that the sender has: --public-url '${publicUrlFor(url, changes)}'. The app, too, should take it from its settings and not from the request.`,
  }),

  'nothing-found': ({ attempts, tried, complete, signsUrl, publicUrlGiven, hint }) => ({
    text: [
      `None of ${attempts} changes to ${listed(tried)} makes it right: `,
      'it was signed with a secret not known here, or changed beyond what can be undone.',
      complete ? '' : ' The body is so large that not everything was tried.',
    ].join(''),
    fix: [
      signsUrl && !publicUrlGiven
        ? 'The URL is signed too: give it as the sender has it, --public-url. '
        : '',
      'Compare the secret with the one shown for this very endpoint',
      hint === undefined ? '.' : `: ${hint}.`,
    ].join(''),
  }),
}

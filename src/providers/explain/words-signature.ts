import { formatDuration } from '../../core/units.ts'
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
  newline: 'a newline at its end',
  whitespace: 'spaces around it',
  quotes: 'quotes around it',
  assignment: 'the name of its variable and an equals sign before it',
  'escaped-newlines': String.raw`\n written out where its lines end`,
  'byte-order-mark': 'a byte order mark before it',
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

/** `6 m 40 s old`, or `2 h 00 m in the future`. */
export function age(skewMs: number): string {
  return skewMs < 0 ? `${formatDuration(-skewMs)} in the future` : `${formatDuration(skewMs)} old`
}

/** `secret, body and URL`. */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}

export const SIGNATURE_WORDS: WordsOf<SignatureCode> = {
  valid: (_, name) => ({ text: `The signature is ${name}'s and in time.`, fix: '' }),
  stale: ({ skewMs, toleranceS, laxer }, name) => ({
    text: [
      `The signature is right, but its time is ${age(skewMs)}`,
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
  unsigned: () => ({
    text: 'It carries no signature.',
    fix: 'Check that a secret is set where the webhook was made, and that no proxy drops the header.',
  }),
  unrecognised: ({ headers }) => ({
    text: `It is not known who sent it; ${headers.join(', ')} may be a signature.`,
    fix: 'Name the sender with --provider, or describe how it signs with --scheme and --signature-header.',
  }),

  'other-secret': ({ label, for: other }) => ({
    text: `It was signed with another secret of yours: ${label}${other === undefined ? '' : `, configured for ${other}`}.`,
    fix: `Use ${label} for this endpoint.`,
  }),
  'secret-trimmed': ({ label, blemish }) => ({
    text: `The secret ${label} has ${BLEMISH[blemish]}; without, the signature is right.`,
    fix:
      blemish === 'newline'
        ? "Remove it: printf '%s' writes a file without it, echo adds it."
        : `Remove it from ${label}.`,
  }),
  'secret-newline': ({ label }) => ({
    text: `The sender's secret has a newline at its end, and ${label} has none.`,
    fix: "Enter the secret anew at the sender, without the newline: printf '%s' instead of echo.",
  }),
  'secret-verbatim': ({ label }, name) => ({
    text: `It was signed with the text of ${label} as it stands, prefix included; ${name}'s scheme decodes it first.`,
    fix: 'Have the sender decode the secret from base64, or verify with the scheme of a provider that uses it as it stands.',
  }),
  'secret-unprefixed': ({ label, prefix }, name) => ({
    text: `It was signed with the part of ${label} behind ${prefix}, as it stands; ${name}'s scheme reads it otherwise.`,
    fix: `Give the secret without ${prefix}, or have the sender use it as ${name} does.`,
  }),
  'secret-decoded': ({ label, form, prefix }, name) => ({
    text: `It was signed with ${label}${prefix === undefined ? '' : ` behind ${prefix}`} decoded from ${form}; ${name}'s scheme does not decode it so.`,
    fix: `The sender must not decode the secret from ${form}, or another provider's scheme is meant: --provider.`,
  }),

  'other-provider': ({ providers }) => ({
    text: `It is signed as ${providers.join(', ')} ${providers.length === 1 ? 'does' : 'do'}.`,
    fix: `Verify it as that: --provider ${providers[0] ?? ''}`,
  }),
  'other-scheme': ({ scheme }, name) => ({
    text: `${name}'s scheme ${scheme} verifies it, which is not the one that the request asks for.`,
    fix: `Check for ${scheme}, or have ${name} send the newer signature.`,
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
    text: `The signature is right, but its header is written ${format} instead of ${expected}.`,
    fix: `Write ${expected}, or read the header as ${format}.`,
  }),
  'signed-content': ({ content, like }) => ({
    text: `What was signed is ${content}, as with ${like.join(', ')}.`,
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
    fix: `Verify for the URL that the sender has: --public-url ${url.replace('?…', '')}; in the app, build it from that and not from the request.`,
  }),

  'nothing-found': ({ attempts, tried, complete, signsUrl, publicUrlGiven }) => ({
    text: [
      `None of ${attempts} changes to ${listed(tried)} makes it right: `,
      'it was signed with a secret not known here, or changed beyond what can be undone.',
      complete ? '' : ' The body is so large that not everything was tried.',
    ].join(''),
    fix:
      signsUrl && !publicUrlGiven
        ? 'The URL is signed too: give it as the sender has it, --public-url, and compare the secret with the one of this endpoint.'
        : 'Compare the secret with the one shown for this very endpoint: test and live mode, and each endpoint, have their own.',
  }),
}

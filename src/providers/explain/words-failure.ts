import type { VerifyFailure } from '../../core/verdict.ts'
import type { FailureData, WordsOf } from './types.ts'

type FailureCode = Exclude<VerifyFailure['code'], 'no-match'>

/** `header:X-Time` as the header that it is. */
function placeOf({ failure: { subject } }: FailureData, otherwise: string): string {
  if (subject === undefined) return otherwise
  const colon = subject.indexOf(':')
  if (colon === -1) return subject
  const kind = subject.slice(0, colon)
  const name = subject.slice(colon + 1)
  return kind === 'header' ? name : `${name} of the ${kind === 'json' ? 'body' : kind}`
}

function laxerNote({ laxer }: FailureData): string {
  return laxer === undefined ? '' : ` ${laxer.sdk} may let it pass: ${laxer.note}.`
}

export const FAILURE_WORDS: WordsOf<FailureCode> = {
  'token-mismatch': (_, name) => ({
    text: `The token that was sent along is not the secret of ${name} given here.`,
    fix: 'Compare it with what was entered where the webhook was made; nothing else is checked.',
  }),
  'no-known-scheme': (data, name) => ({
    text: `${placeOf(data, 'The signature')} holds signatures, but only of versions that are not accepted for ${name}.`,
    fix: 'Have the sender add its current version; older ones are not safe to accept.',
  }),
  'header-missing': (data, name) => ({
    text: `${placeOf(data, 'The signature')} is not there, where ${name} has its signature.`,
    fix: 'Check that a secret is set where the webhook was made, and that no proxy drops the header.',
  }),
  'header-malformed': (data, name) => ({
    text: `${placeOf(data, 'The signature')} cannot be read as a signature of ${name}.`,
    fix: 'Look whether it was cut, quoted or joined with another one on the way.',
  }),
  'timestamp-missing': (data) => ({
    text: `The time that is signed along is missing: ${placeOf(data, 'timestamp')}.`,
    fix: 'Check that no proxy drops it.',
  }),
  'timestamp-malformed': (data) => ({
    text: `The time in ${placeOf(data, 'the signature')} is none: only plain digits or ISO 8601 are.${laxerNote(data)}`,
    fix: 'Look who wrote or changed it.',
  }),
  'id-missing': (data) => ({
    text: `The id that is signed along is missing: ${placeOf(data, 'id')}.`,
    fix: 'Check that no proxy drops it.',
  }),
  'id-malformed': (data) => ({
    text: `The id in ${placeOf(data, 'the request')} holds a full stop, which separates the signed parts.${laxerNote(data)}`,
    fix: 'Have the sender choose ids without full stops.',
  }),
  'secret-malformed': (_, name) => ({
    text: `The secret does not have the form of ${name}'s, and no other reading of it fits.`,
    fix: 'Copy it again from where it is shown; providers <name> says what it looks like.',
  }),
  'body-hash-mismatch': (data) => ({
    text: `The body is not the one whose hash was signed (${placeOf(data, 'hash')}), and no common change of it explains that.`,
    fix: 'Verify the bytes as they came, before anything parses them.',
  }),
  'body-malformed': (data) => ({
    text: `What is signed cannot be read from the body: ${placeOf(data, 'its fields')}.`,
    fix: 'Look whether the body was cut or is of another kind.',
  }),
  'option-missing': (data) => ({
    text: `The scheme needs a value beside the secret: ${placeOf(data, 'an option')}.`,
    fix: `Give it: --option ${placeOf(data, 'name')}=…`,
  }),
  'token-expired': () => ({
    text: 'The token is genuine, but outside its own time of validity.',
    fix: 'A replayed request needs a new token; otherwise compare the clocks.',
  }),
  'too-many-signatures': ({ failure }) => ({
    text: `It carries more signatures than anybody sends${failure.candidates === undefined ? '' : ` (${failure.candidates})`}; not all were tried.`,
    fix: 'Look whether a proxy sends the header twice.',
  }),
  'certificate-untrusted': (data, name) => ({
    text: `The certificate it names (${placeOf(data, 'URL')}) is not on a host of ${name}: it proves nothing.`,
    fix: 'Treat it as forged.',
  }),
}

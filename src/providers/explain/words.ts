import { formatSkew } from '../../core/units.ts'
import type { ProviderId } from '../../core/verdict.ts'
import { findProvider } from '../table/index.ts'
import type { Framework } from './hints.ts'
import { frameworkHints } from './hints.ts'
import type { CauseOf, Explanation, ExplanationCode, Words, WordsOf } from './types.ts'
import { BODY_WORDS } from './words-body.ts'
import { FAILURE_WORDS } from './words-failure.ts'
import { SIGNATURE_WORDS } from './words-signature.ts'

/** An explanation in plain sentences: what is the matter, and what to do. */
export interface ExplanationWords extends Words {
  /** Where the body was changed: how each framework hands it over untouched. */
  readonly hints?: Readonly<Record<Framework, string>>
}

const WORDS: WordsOf<ExplanationCode> = { ...SIGNATURE_WORDS, ...BODY_WORDS, ...FAILURE_WORDS }

const CHANGED_IN_FRAMEWORK: ReadonlySet<ExplanationCode> = new Set<ExplanationCode>([
  'body-newline-added',
  'body-newline-removed',
  'body-line-ends',
  'body-bom',
  'body-json',
  'body-json-parsed',
  'body-form-field',
  'body-form-unwrapped',
  'body-form-decoded',
  'body-form-reencoded',
  'body-form-parsed',
  'body-charset',
  'characters-replaced',
  'body-hash-mismatch',
])

/** One line each, without colour. `name`: what to call the provider, where it is not of the table. */
export function explanationWords(explanation: Explanation, name?: string): ExplanationWords {
  const words = say(explanation, name ?? nameOf(explanation.provider))
  const { skewMs } = explanation
  const text = skewMs === undefined ? words.text : `${words.text} Its time is ${formatSkew(skewMs)} as well.`
  return {
    ...words,
    text,
    ...(CHANGED_IN_FRAMEWORK.has(explanation.code) ? { hints: frameworkHints() } : {}),
  }
}

/**
 * What is left where the signature is right, and the application has turned that very request down.
 * @param place of the application, for people
 */
export function turnedDownWords(place: string, status: number, signsBody: boolean): ExplanationWords {
  const text = `${place} answered ${status} to this request all the same.`
  return signsBody
    ? {
        text,
        fix: 'If that is about the signature, the app has another secret, or does not verify the body as it came: parsed and written anew, it has other bytes.',
        hints: frameworkHints(),
      }
    : { text, fix: 'If that is about the signature, the app has another secret.' }
}

function say<Code extends ExplanationCode>(cause: CauseOf<Code>, name: string): Words {
  return WORDS[cause.code](cause.data, name)
}

function nameOf(provider: ProviderId | undefined): string {
  return provider === undefined ? 'The sender' : (findProvider(provider)?.name ?? provider)
}

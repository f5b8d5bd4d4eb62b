import type { Answer, Assessment } from '../core/ports.ts'
import type { NewRequest } from '../core/request.ts'
import type { ProviderId, Verdict } from '../core/verdict.ts'
import { UNSIGNED } from '../core/verdict.ts'
import type { Detection } from '../providers/detect.ts'
import { Detector } from '../providers/detect.ts'
import { verify } from '../providers/engine/verify.ts'
import type { HandshakeAnswer } from '../providers/handshake.ts'
import { answerHandshake } from '../providers/handshake.ts'
import type { Provider } from '../providers/types.ts'
import type { Catalog } from './catalog.ts'
import { maskSecret } from './secrets.ts'
import type { SecretBook } from './secrets.ts'

export interface AssessorOptions {
  readonly catalog: Catalog
  readonly secrets: SecretBook
  /** What schemes and handshakes need beside the secret. */
  readonly options: Readonly<Record<string, string>>
  /** The provider whose challenges are answered though nothing but their shape tells that they are its own. */
  readonly chosen?: Provider
  readonly publicUrl?: string
  readonly toleranceS?: number
  /** False: challenges are kept like every other request, and answered like them. */
  readonly handshakes: boolean
}

/** What a request is, and the answer where it is a provider's challenge. */
export interface Examination {
  readonly assessment: Assessment
  readonly handshake?: ChallengeAnswer
}

export interface ChallengeAnswer {
  readonly provider: ProviderId
  readonly name: string
  readonly answer: Answer
  /** False: refused, for a wrong verify token or signature. */
  readonly accepted: boolean
  /** The secret of all later requests, masked; it is used from now on. */
  readonly learnt?: string
  /** What has to be fetched to confirm; on the provider's own hosts. */
  readonly confirmUrl?: string
}

/** How many secrets a provider may hand over in one run: each webhook of Asana has its own. */
const MOST_LEARNT = 20

/** Identifies, verifies and answers challenges. Pure but for secrets learnt; never throws whatever a stranger sends. */
export class Assessor {
  readonly #options: AssessorOptions
  readonly #detector: Detector
  /** For signs that several providers share: only the secret tells which of these it was. */
  readonly #rivals: readonly (readonly [Provider, Detector])[]
  readonly #learnt = new Map<ProviderId, number>()
  readonly #signatureHeaders = new Map<ProviderId, ReadonlySet<string> | 'elsewhere'>()

  constructor(options: AssessorOptions) {
    const { catalog, secrets, chosen } = options
    this.#options = options
    const preferred = new Set([...(chosen === undefined ? [] : [chosen.id]), ...secrets.providers])
    this.#detector = new Detector(catalog.providers, preferred)
    this.#rivals = catalog.providers
      .filter(({ id }) => secrets.providers.has(id))
      .map((provider) => [provider, new Detector([provider])] as const)
  }

  examine(request: NewRequest): Examination {
    const detection = this.#detector.detect(request)
    const assessment = this.#assess(request, detection)
    const handshake = this.#options.handshakes
      ? this.#answer(request, detection, assessment.verdict)
      : undefined
    return handshake === undefined ? { assessment } : { assessment, handshake }
  }

  #assess(request: NewRequest, { identity, provider, certain }: Detection): Assessment {
    if (provider === undefined) return { identity, verdict: UNSIGNED }
    const verdict = this.#verify(request, provider)
    if (certain || verdict.status !== 'invalid') return { identity, verdict }
    for (const [rival, detector] of this.#rivals) {
      const theirs = rival === provider ? verdict : this.#verify(request, rival)
      if (theirs.status !== 'valid' && theirs.status !== 'stale') continue
      return { identity: { ...detector.detect(request).identity, provider: rival.id }, verdict: theirs }
    }
    return { identity, verdict }
  }

  #verify(request: NewRequest, provider: Provider): Verdict {
    const { secrets, options, publicUrl, toleranceS } = this.#options
    const values = secrets.valuesOf(provider.id)
    const glance = values.length === 0 ? this.#glance(request, provider) : undefined
    if (glance !== undefined) return glance
    return verify(request, provider, values, {
      now: request.receivedAt,
      options,
      ...(publicUrl !== undefined && { publicUrl }),
      ...(toleranceS !== undefined && { toleranceS }),
    })
  }

  /** Without a secret the names of the headers tell all there is to tell, unless the signature stands elsewhere. */
  #glance({ headers }: NewRequest, provider: Provider): Verdict | undefined {
    const names = this.#signatureHeaders.get(provider.id) ?? signatureHeaders(provider)
    this.#signatureHeaders.set(provider.id, names)
    if (names === 'elsewhere' || this.#options.options['cert'] !== undefined) return undefined
    const isSigned = headers.some(([name, value]) => value !== '' && names.has(name.toLowerCase()))
    return isSigned ? { status: 'unchecked', provider: provider.id } : UNSIGNED
  }

  #answer(request: NewRequest, detection: Detection, verdict: Verdict): ChallengeAnswer | undefined {
    const { chosen, secrets, options } = this.#options
    const candidates = this.#candidates(detection).filter(({ handshakes }) => handshakes !== undefined)
    if (candidates.length === 0) return undefined
    const found = answerHandshake(request, candidates, {
      // Some answers are a signature over a text of the asker's choice. With a secret that was given for any
      // provider, a stranger could have a request of another provider signed in this way.
      secretsOf: ({ id }) =>
        id === chosen?.id ? secrets.valuesOf(id) : secrets.ownOf(id).map(({ value }) => value),
      options,
      verdict,
    })
    return found === undefined ? undefined : this.#taken(found)
  }

  #candidates({ provider, certain }: Detection): readonly Provider[] {
    if (provider !== undefined && certain) return [provider]
    const { chosen } = this.#options
    return [...(chosen === undefined ? [] : [chosen]), ...this.#rivals.map(([rival]) => rival)]
  }

  #taken({ provider, handshake, answer, accepted, captured, fetch }: HandshakeAnswer): ChallengeAnswer {
    return {
      provider,
      name: handshake,
      answer,
      accepted,
      ...(captured !== undefined && this.#learn(provider, captured) && { learnt: maskSecret(captured) }),
      ...(fetch !== undefined && { confirmUrl: fetch }),
    }
  }

  /** A secret that the user gave is never joined by one that a stranger may have sent. */
  #learn(provider: ProviderId, value: string): boolean {
    const { secrets } = this.#options
    const learnt = this.#learnt.get(provider) ?? 0
    if (secrets.of(provider).length > learnt || learnt >= MOST_LEARNT) return false
    secrets.learn(provider, { provider, value, origin: 'its own handshake' })
    this.#learnt.set(provider, learnt + 1)
    return true
  }
}

/** The headers that a provider's signatures stand in, in lower case; `elsewhere` where one of them is in none. */
function signatureHeaders({ schemes }: Provider): ReadonlySet<string> | 'elsewhere' {
  const isPlain = schemes.every(
    ({ signature, when }) =>
      signature.startsWith('header:') && !signature.endsWith('*') && when === undefined,
  )
  return isPlain
    ? new Set(schemes.map(({ signature }) => signature.slice('header:'.length).toLowerCase()))
    : 'elsewhere'
}

/** A run sends thousands of one provider's requests. */
const detectors = new WeakMap<Provider, Detector>()

/** What a request is that was made as a provider's. */
export function assessmentOf(request: NewRequest, provider: Provider, verdict: Verdict): Assessment {
  const detector = detectors.get(provider) ?? new Detector([provider])
  detectors.set(provider, detector)
  const { identity } = detector.detect(request)
  return { identity: { ...identity, provider: provider.id }, verdict }
}

import type { ProviderId } from '../core/verdict.ts'

/** A secret, and what may be told of it. */
export interface NamedSecret {
  /** Whose it is; absent: it is tried for every provider. */
  readonly provider?: ProviderId
  readonly value: string
  /** Where it came from, for people: `STRIPE_WEBHOOK_SECRET`, `./stripe.secret`, `stdin`. */
  readonly origin: string
}

/** Prefixes that every secret of their kind has: they give nothing away. */
const OPEN_PREFIX = /^(?:whsec|whpk|whsk|pdl_ntfset)_/
/** Four characters of a shorter one would be too much of it. */
const LEAST_LENGTH = 16

/** `whsec_…4f2a`: enough to tell two secrets apart, of no use to anybody else. */
export function maskSecret(value: string): string {
  const prefix = OPEN_PREFIX.exec(value)?.[0] ?? ''
  const isText = value.length - prefix.length >= LEAST_LENGTH && !value.includes('\n')
  const end = isText ? value.slice(-4) : ''
  return `${prefix}…${/^[\x21-\x7e]*$/.test(end) ? end : ''}`
}

/** The secrets of one run, by provider. */
export class SecretBook {
  readonly #shared: readonly NamedSecret[]
  readonly #own = new Map<ProviderId, readonly NamedSecret[]>()
  readonly #values = new Map<ProviderId, readonly string[]>()

  constructor(secrets: readonly NamedSecret[]) {
    this.#shared = secrets.filter(({ provider }) => provider === undefined)
    for (const secret of secrets) if (secret.provider !== undefined) this.#add(secret.provider, secret)
  }

  get isEmpty(): boolean {
    return this.#shared.length === 0 && this.#own.size === 0
  }

  /** Providers with a secret of their own. */
  get providers(): ReadonlySet<ProviderId> {
    return new Set(this.#own.keys())
  }

  all(): readonly NamedSecret[] {
    return [...this.#own.values()].flat().concat(this.#shared)
  }

  /** Its own secrets. */
  ownOf(provider: ProviderId): readonly NamedSecret[] {
    return this.#own.get(provider) ?? []
  }

  /** All that may have signed for a provider, its own first. */
  of(provider: ProviderId): readonly NamedSecret[] {
    return [...this.ownOf(provider), ...this.#shared]
  }

  /** The same as texts; made once, since `listen` asks for each request. */
  valuesOf(provider: ProviderId): readonly string[] {
    const known = this.#values.get(provider)
    if (known !== undefined) return known
    const values = this.of(provider).map(({ value }) => value)
    this.#values.set(provider, values)
    return values
  }

  /** Takes a secret that the provider itself sent. */
  learn(provider: ProviderId, secret: NamedSecret): void {
    this.#add(provider, secret)
    this.#values.delete(provider)
  }

  #add(provider: ProviderId, secret: NamedSecret): void {
    this.#own.set(provider, [...this.ownOf(provider), secret])
  }
}

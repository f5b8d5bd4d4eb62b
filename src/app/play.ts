import type { Random } from '../core/ports.ts'
import type { VerifyFailure } from '../core/verdict.ts'
import type { PlayedHandshake } from '../providers/handshake-play.ts'
import { playHandshake } from '../providers/handshake-play.ts'
import type { Provider } from '../providers/types.ts'

export interface PlayOptions {
  readonly url: string
  /** What the application is configured with. */
  readonly secret: string
  /** What signs: the same, unless it is a key pair. */
  readonly signingKey: string
  readonly options: Readonly<Record<string, string>>
  readonly random: Random
  /** Epoch milliseconds. */
  readonly now: number
}

export type Challenge = { readonly name: string } & (
  | { readonly played: PlayedHandshake }
  | { readonly failure: VerifyFailure }
)

/** The challenges that a provider sends to a new endpoint, ready to go; none where it sends none. */
export function challengesOf(provider: Provider, options: PlayOptions): readonly Challenge[] {
  return (provider.handshakes ?? []).map((handshake) => {
    const result = playHandshake(provider, handshake, options)
    return { name: handshake.name, ...('failure' in result ? result : { played: result }) }
  })
}

import type { ProviderId } from '../../core/verdict.ts'
import { SAMPLE_SETS } from './list.ts'
import type { Sample } from './types.ts'

/** The providers that have samples, in alphabetical order. */
export function sampleProviders(): readonly ProviderId[] {
  return Object.keys(SAMPLE_SETS)
}

/** The events of a provider that have a sample, the most wanted first; none where the provider is not known. */
export function sampleEvents(provider: ProviderId): readonly string[] {
  return setOf(provider)?.events ?? []
}

/** The samples of a provider; loads that provider's only. */
export async function loadSamples(provider: ProviderId): Promise<readonly Sample[]> {
  const set = setOf(provider)
  return set === undefined ? [] : (await set.load()).samples
}

/** A sample by its name, or by the event's name in the request; the first one where several share that. */
export async function findSample(provider: ProviderId, event: string): Promise<Sample | undefined> {
  const samples = await loadSamples(provider)
  return samples.find((sample) => sample.event === event) ?? samples.find((sample) => sample.wire === event)
}

function setOf(provider: ProviderId): (typeof SAMPLE_SETS)[ProviderId] | undefined {
  return Object.hasOwn(SAMPLE_SETS, provider) ? SAMPLE_SETS[provider] : undefined
}

/** Calls back when a signal is aborted; the function returned takes that back. */
export type AbortWatcher = (signal: AbortSignal, callback: () => void) => () => void

/** One listener for each signal: Node takes more than ten for a leak, and a run may have hundreds under way. */
export function abortWatcher(): AbortWatcher {
  const watched = new WeakMap<AbortSignal, Set<() => void>>()
  return (signal, callback) => {
    const known = watched.get(signal)
    const callbacks = known ?? new Set()
    callbacks.add(callback)
    if (known === undefined) {
      watched.set(signal, callbacks)
      signal.addEventListener('abort', () => callbacks.forEach((call) => call()), { once: true })
    }
    return () => callbacks.delete(callback)
  }
}

import type { ServerResponse } from 'node:http'
import type { Clock } from '../core/ports.ts'

/** Tells those who hold a connection open that the service ends. */
export class Closing {
  readonly #listeners = new Set<() => void>()
  #isClosing = false

  get isClosing(): boolean {
    return this.#isClosing
  }

  /** Calls back once at the end, unless the function returned was called before. */
  onClose(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#isClosing = true
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
  }
}

export interface News {
  isThere(): boolean
  /** Calls back when something happened that may be news, until the function returned is called. */
  listen(listener: () => void): () => void
}

/** Resolves when there is news, time is up, the client is gone or the service ends: a long poll. */
export function waitForNews(
  news: News,
  waitMs: number,
  { clock, closing, outgoing }: { clock: Clock; closing: Closing; outgoing: ServerResponse },
): Promise<void> | undefined {
  if (news.isThere() || closing.isClosing) return undefined
  return new Promise((resolve) => {
    const end = (): void => {
      for (const release of releases) release()
      outgoing.off('close', end)
      resolve()
    }
    const releases = [
      clock.after(waitMs, end),
      closing.onClose(end),
      news.listen(() => {
        if (news.isThere()) end()
      }),
    ]
    outgoing.once('close', end)
  })
}

import type { Clock } from '../core/ports.ts'
import type { Output } from './io.ts'

/** One thing to print. `bytes` is what holding on to it costs. */
export interface PrintJob {
  readonly bytes: number
  /** Renders now, from what is in memory. */
  render(): string | Uint8Array
  /** Renders later, from the store: used in place of `render` while the reader is far behind. */
  renderLater?(): Promise<string | Uint8Array>
}

/** How much the queue holds in memory; beyond it, jobs that can be rendered from the store are. */
const HELD_BYTES = 8 * 1024 * 1024
/** One write for many short lines: a system call per line costs more than the line. */
const WRITE_BYTES = 64 * 1024

/**
 * Prints in order, at the reader's pace, without ever making the caller wait. A reader that stops costs
 * memory up to a bound and then only a few words per job; one that goes away costs nothing.
 */
export interface PrintQueue {
  add(job: PrintJob): void
  /** What is added from now on is printed once this has resolved. */
  wait(until: Promise<void>): void
  /** Resolves when all is written, or once the reader has taken nothing for `patienceMs`. */
  close(patienceMs: number): Promise<void>
}

export function createPrintQueue(output: Output, clock: Clock): PrintQueue {
  type Held = { bytes: number; render: () => string | Uint8Array | Promise<string | Uint8Array> }
  let waiting: Held[] = []
  let held = 0
  let written = 0
  let pumping: Promise<void> | undefined

  async function pump(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0 && !output.closed) {
      const batch = waiting
      waiting = []
      await print(batch)
    }
    if (output.closed) {
      waiting = []
      held = 0
    }
    pumping = undefined
  }

  async function write(data: string | Uint8Array): Promise<void> {
    if (!output.write(data)) await output.drained()
    written++
  }

  async function print(batch: readonly Held[]): Promise<void> {
    let text = ''
    for (const job of batch) {
      if (output.closed) return
      const rendered = await job.render()
      held -= job.bytes
      if (typeof rendered === 'string' && text.length + rendered.length < WRITE_BYTES) {
        text += rendered
        continue
      }
      if (text !== '') await write(text)
      text = ''
      await write(rendered)
    }
    if (text !== '') await write(text)
  }

  return {
    wait(until) {
      waiting.push({ bytes: 0, render: () => until.then(() => '') })
      pumping ??= pump()
    },
    add(job) {
      if (output.closed) return
      const later = job.renderLater?.bind(job)
      if (later !== undefined && held + job.bytes > HELD_BYTES) {
        waiting.push({ bytes: 0, render: later })
      } else {
        held += job.bytes
        waiting.push({ bytes: job.bytes, render: () => job.render() })
      }
      pumping ??= pump()
    },
    async close(patienceMs) {
      let finished = false
      const finishing = (async () => {
        while (pumping !== undefined) await pumping
        await output.drained()
        finished = true
      })()
      for (let before = -1; !finished && before !== written;) {
        before = written
        let cancel: (() => void) | undefined
        const late = new Promise<void>((resolve) => {
          cancel = clock.after(patienceMs, resolve)
        })
        await Promise.race([finishing, late])
        cancel?.()
      }
    },
  }
}

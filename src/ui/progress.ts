import type { Output } from './io.ts'

export interface Spinner {
  /** Takes the line away so that another can be printed. */
  pause(): void
  resume(): void
  text(text: string): void
  stop(): void
}

const NONE: Spinner = { pause() {}, resume() {}, text() {}, stop() {} }

/**
 * A spinner on a terminal; nothing elsewhere. Ora is loaded only now: it takes longer to import than most
 * commands take to run. `stillWanted` is asked again once it is there.
 */
export async function startSpinner(
  output: Output,
  text: string,
  stillWanted: () => boolean,
): Promise<Spinner> {
  if (output.terminal === undefined) return NONE
  const { default: ora } = await import('ora')
  if (!stillWanted()) return NONE
  // Ora's own indent would leave the cursor there, and with it the next line of ours.
  // discardStdin would put the keyboard into raw mode, and Ctrl-C into our hands.
  const spinner = ora({ text, stream: output.terminal, prefixText: ' ', discardStdin: false }).start()
  return {
    pause: () => void spinner.clear(),
    resume: () => void spinner.render(),
    text: (next) => void (spinner.text = next),
    stop: () => void spinner.stop(),
  }
}

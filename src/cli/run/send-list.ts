import { EXIT } from '../../core/errors.ts'
import { loadSamples, sampleEvents, sampleProviders } from '../../providers/samples/index.ts'
import { toJsonLine } from '../../ui/sanitize.ts'
import type { SendFlags } from '../commands/send.ts'
import type { CliDeps } from '../deps.ts'
import type { Session } from '../session.ts'
import { readSigning } from '../signing.ts'

/** The events that can be sent: of one provider with what they mean, or of all. */
export async function printSamples(
  name: string | undefined,
  flags: SendFlags,
  session: Session,
  deps: CliDeps,
): Promise<number> {
  const { stdout } = deps.io
  const { catalog } = await readSigning({ ...flags, secret: [], option: [] }, session, deps)
  const ids = name === undefined ? sampleProviders() : [catalog.named(name).id]
  if (flags.json === true) {
    for (const provider of ids) {
      for (const { event, summary } of await loadSamples(provider)) {
        stdout.write(toJsonLine({ v: 1, type: 'sample', provider, event, summary }))
      }
    }
    return EXIT.ok
  }
  const lines =
    name === undefined || !stdout.isTTY ? overview(ids, stdout.isTTY) : await details(ids[0] ?? '')
  const paint = (text: string): string => session.out.id(text)
  for (const [first, rest] of lines)
    stdout.write(stdout.isTTY ? `  ${paint(first)}  ${rest}\n` : `${first}\t${rest}\n`)
  return EXIT.ok
}

function overview(ids: readonly string[], isTTY: boolean): (readonly [string, string])[] {
  const width = Math.max(...ids.map((id) => id.length))
  if (!isTTY) return ids.flatMap((id) => sampleEvents(id).map((event) => [id, event] as const))
  return ids.map((id) => [id.padEnd(width), sampleEvents(id).join('  ')] as const)
}

async function details(id: string): Promise<(readonly [string, string])[]> {
  const samples = await loadSamples(id)
  const width = Math.max(0, ...samples.map(({ event }) => event.length))
  return samples.map(({ event, summary }) => [event.padEnd(width), summary] as const)
}

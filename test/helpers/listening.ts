import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { AppServer, Received } from './app-server.ts'
import type { Bench, BenchOptions, Session } from './cli.ts'

export interface ListeningSession extends Session {
  readonly port: number
  /** Interrupts it, and gives its exit status. */
  end(): Promise<number>
}

/** Starts `listen` in this process on a port that the system chooses, and waits until it takes requests. */
export async function startListening(
  bench: Bench,
  args: readonly string[],
  options: BenchOptions = {},
): Promise<ListeningSession> {
  const session = bench.start(['listen', '--port', '0', ...args], options)
  const text = args.includes('--json')
    ? await session.stdout.until(/"type":"ready"/)
    : await session.stderr.until(/Endpoint +\S+:\d+\//)
  return {
    ...session,
    port: Number(/https?:\/\/[^\s"]+:(\d+)\//.exec(text)?.[1]),
    end() {
      session.interrupt()
      return session.status
    },
  }
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** What was printed with --json. */
export function jsonLines({ stdout }: Session): Record<string, unknown>[] {
  return stdout
    .text()
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** Resolves once the app has got so many requests. */
export async function arrivedAt({ received }: AppServer, count: number): Promise<readonly Received[]> {
  while (received.length < count) await new Promise((resolve) => setImmediate(resolve))
  return received
}

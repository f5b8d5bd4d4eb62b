import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import type { Limits } from '../../src/http/receiver.ts'
import type { RawClient } from './raw-http.ts'
import { rawClient } from './raw-http.ts'

export interface ReceiverChild {
  readonly port: number
  /** Resident memory in bytes: the most there ever was, and now. */
  memory(): Promise<{ peak: number; now: number }>
  counts(): Promise<{ handled: number; refused: Readonly<Record<string, number>> }>
  /** Method, target and body in hex of each request handed on since the last call. */
  handled(): Promise<string[]>
  /** False once it has ended, by itself or by `kill`. */
  alive(): boolean
  kill(): void
}

/** V8's young generation as Node 20 has it: from 24 on it grows to a hundred megabytes before it is found large. */
const NODE = [process.execPath, '--max-semi-space-size=16']

/** Starts a built receiver in a process of its own, under another program such as `prlimit` where one is given. */
export async function spawnReceiver(
  limits: Partial<Limits> = {},
  under: readonly string[] = [],
): Promise<ReceiverChild> {
  const script = join(import.meta.dirname, 'receiver-child.mjs')
  const command = [...under, ...NODE, script, JSON.stringify(limits)]
  const [file = '', ...args] = command
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<number>((resolve, reject) => {
    createInterface(child.stdout).once('line', (line) => resolve(Number(line.slice('port '.length))))
    child.once('close', (code) => reject(new Error(`the receiver ended with ${code}: is the build there?`)))
  })
  let questions: RawClient | undefined
  async function ask<T>(path: string): Promise<T> {
    questions ??= await rawClient({ port })
    await questions.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
    const { body } = await questions.answer()
    return JSON.parse(body.toString())
  }
  return {
    port,
    memory: () => ask('/memory'),
    counts: () => ask('/counts'),
    handled: () => ask('/handled'),
    alive: () => child.exitCode === null && child.signalCode === null,
    kill: () => child.kill('SIGKILL'),
  }
}

import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'receivers')

/** A Python that can import Flask. */
export const FLASK_PYTHON: string | undefined = ['/usr/bin/python3', 'python3'].find(
  (python) => spawnSync(python, ['-c', 'import flask']).status === 0,
)

/** An application in a process of its own. */
export interface Receiver {
  readonly port: number
  stop(): Promise<void>
}

export function startExpress(env: Readonly<Record<string, string>>): Promise<Receiver> {
  return start(process.execPath, [join(FOLDER, 'express_app.mjs')], { ...env, PORT: '0' }, /port: (\d+)/)
}

/** Started as the README has it started. */
export function startFlask(python: string, env: Readonly<Record<string, string>>): Promise<Receiver> {
  const args = ['-m', 'flask', '--app', join(FOLDER, 'flask_app.py'), 'run', '--port', '0']
  return start(python, args, { ...env, PYTHONDONTWRITEBYTECODE: '1' }, /http:\/\/127\.0\.0\.1:(\d+)/)
}

/** What of a receiver the README shows. */
export function shownPart(file: string): string {
  const text = readFileSync(join(FOLDER, file), 'utf8')
  return /^(?:#|\/\/) README: \S+\n([\s\S]*?)^(?:#|\/\/) README: end$/m.exec(text)?.[1] ?? ''
}

interface Attempt {
  readonly cause: string
  readonly outcome: {
    readonly status: number | string
    readonly headers?: readonly (readonly [string, string])[]
    readonly body?: { readonly data: string }
    readonly output?: { readonly data: string }
  }
}

/** What `show --json` tells of a request. */
export interface Shown {
  readonly source: string
  readonly event: string
  readonly signature: { readonly status: string }
  readonly body: { readonly encoding: string; readonly data: string }
  readonly deliveries: readonly Attempt[]
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** What the application says of a request: that it got its very bytes, and what it made of it. */
export function answerOf(shown: Shown, attempt = shown.deliveries.at(-1)): unknown {
  expect(shown.body.encoding).toBe('utf8')
  const got = attempt?.outcome.headers?.find(([name]) => name === 'X-Body-Sha256')?.[1]
  expect(got).toBe(sha256(shown.body.data))
  return JSON.parse(attempt?.outcome.body?.data ?? '')
}

function start(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  told: RegExp,
): Promise<Receiver> {
  const child = spawn(file, args, { env: { PATH: process.env['PATH'] ?? '', ...env } })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  return new Promise((resolve, reject) => {
    let text = ''
    const hear = (chunk: Buffer): void => {
      text += chunk.toString()
      const port = told.exec(text)?.[1]
      if (port !== undefined) resolve({ port: Number(port), stop: () => stop(child, ended) })
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', reject)
    void ended.then(() => reject(new Error(`${file} ended before it listened:\n${text}`)))
  })
}

function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGTERM')
  return ended
}

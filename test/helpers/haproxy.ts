import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import type { Arrived } from './chain.ts'
import { startWireTarget } from './chain.ts'

/** The proxy that stands before most of the applications that webhooks are for; undefined where it is not installed. */
export const HAPROXY: string | undefined = ['haproxy', '/usr/sbin/haproxy'].find(
  (program) => spawnSync(program, ['-v']).status === 0,
)

/** Whatever it thinks of the characters in a target or a header: it is asked where each request ends. */
const configOf = (socket: string, url: string): string => `
global
  maxconn 64
  tune.bufsize 262144
  tune.http.maxhdr 4096
defaults
  mode http
  timeout connect 5s
  timeout client 10s
  timeout server 10s
  option accept-invalid-http-request
listen judge
  bind unix@${socket}
  server app ${new URL(url).host}
`

/** What haproxy hands on of the bytes of each connection, in order. */
export async function behindHaproxy(haproxy: string, wires: readonly Buffer[]): Promise<Arrived[]> {
  const folder = mkdtempSync(join(tmpdir(), 'haproxy-'))
  const [socket, config] = [join(folder, 'in.sock'), join(folder, 'haproxy.cfg')]
  const target = await startWireTarget()
  writeFileSync(config, configOf(socket, target.url))
  const judge = spawn(haproxy, ['-db', '-q', '-f', config], { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(judge, 'exit')
  try {
    for (const wire of wires) await sent(wire, socket)
    return target.arrived
  } finally {
    judge.kill('SIGKILL')
    await ended
    await target.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Resolves when all of it was answered, or refused. */
async function sent(wire: Buffer, path: string): Promise<void> {
  // It is still starting while it refuses.
  const socket = await vi.waitFor(async () => {
    const tried = connect(path)
    await once(tried, 'connect')
    return tried
  })
  socket.resume().end(wire)
  await once(socket, 'close')
}

import { afterEach, beforeEach, expect, test } from 'vitest'
import { startApp } from '../helpers/app-server.ts'
import type { AppServer, Reaction } from '../helpers/app-server.ts'
import { rawClient } from '../helpers/raw-http.ts'
import type { Spawned } from '../helpers/spawn.ts'
import { createHome, spawnCli } from '../helpers/spawn.ts'

let home: ReturnType<typeof createHome>
let child: Spawned
let app: AppServer

beforeEach(() => {
  home = createHome()
})
afterEach(async () => {
  await app.close()
  child.child.kill('SIGKILL')
  home.remove()
})

async function startServe(): Promise<string> {
  child = spawnCli(['serve', '--port', '0', '--json'], home)
  const text = await child.until('stdout', /"ready".*\n/)
  return `http://127.0.0.1:${/"port":(\d+)/.exec(text)?.[1]}`
}

async function postJson(url: string, body: object): Promise<void> {
  const headers = { 'Content-Type': 'application/json' }
  expect((await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).status).toBe(201)
}

test.each([
  ['SIGTERM', { code: 0, signal: null }],
  ['SIGINT', { code: null, signal: 'SIGINT' }],
] as const)('%s lets a delivery under way end, and cuts no answer', async (signal, end) => {
  let answer = (_reaction: Reaction): void => {}
  let tellAsked = (): void => {}
  const asked = new Promise<void>((resolve) => (tellAsked = resolve))
  app = await startApp(() => {
    tellAsked()
    return new Promise((resolve) => (answer = resolve))
  })
  const url = await startServe()
  await postJson(`${url}/webhooks`, { url: `http://127.0.0.1:${app.port}/` })
  await postJson(`${url}/events`, { event: 'order.created' })
  await asked
  const poll = await rawClient({ port: Number(new URL(url).port) })
  await poll.send('GET /events?wait=60s HTTP/1.1\r\nHost: localhost\r\n\r\n')
  // The poll's bytes were there before these: it is being held by now.
  await fetch(`${url}/users`)
  child.child.kill(signal)
  expect((await poll.answer()).status).toBe(200)
  answer({ status: 204 })
  expect(await child.ended).toEqual(end)
  const stdout = child.stdout().toString()
  expect(stdout).toMatch(/"type":"delivery".*"status":204/)
  expect(stdout).toMatch(/"type":"stopped".*"deliveries":1/)
  expect(child.stderr()).toBe('')
})

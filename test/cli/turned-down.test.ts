import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AppServer } from '../helpers/app-server.ts'
import { startApp } from '../helpers/app-server.ts'
import type { Bench } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'
import { startListening } from '../helpers/listening.ts'
import { post } from '../helpers/post.ts'

let bench: Bench
let app: AppServer
/** What the application answers. */
let answer: { status: number; body?: string }
beforeEach(async () => {
  bench = createBench()
  answer = { status: 401 }
  app = await startApp(() => answer)
})
afterEach(async () => {
  await app.close()
  bench.remove()
})

const SECRET = 'the secret of a repository'
const ENV = { S: SECRET, NO_COLOR: '1' }
const WITH_SECRET = ['--secret', 'github=env:S']
const BODY = '{"ref":"refs/heads/main"}'
const HINT = /the signature is right as it came: does the app verify the raw body, with this secret\?/g

function signed(secret = SECRET): { headers: string[]; body: string } {
  const signature = createHmac('sha256', secret).update(BODY).digest('hex')
  return { headers: ['X-GitHub-Event', 'push', 'X-Hub-Signature-256', `sha256=${signature}`], body: BODY }
}

const send = (...args: string[]) =>
  bench.run(['send', 'github', 'push', '--to', `${app.port}/hooks`, ...WITH_SECRET, ...args], {
    env: ENV,
    columns: 100,
  })
const verify = async (ref: string, ...args: string[]): Promise<string> =>
  (await bench.run(['verify', ref, ...WITH_SECRET, ...args], { env: ENV })).stdout

describe('a request whose signature is right, and that the app turns down', () => {
  test.each([100, 60])('is told of once for each app, on %i columns, with what to type', async (columns) => {
    const session = await startListening(bench, [String(app.port), ...WITH_SECRET], { env: ENV, columns })
    for (const path of ['/a', '/b']) {
      await post(session.port, { ...signed(), path })
      await session.stdout.until(new RegExp(`POST ${path}\\s[\\s\\S]*→ 401`))
    }
    await session.end()
    const text = session.stdout.text()
    expect(text.replace(/\s+/g, ' ').match(HINT)).toHaveLength(1)
    expect(text).toMatch(
      /→ 401 .*\n {10}– the signature [^$]*\$ webhook-cli verify \w{4} --secret github=env:S\n/,
    )
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns)
  })

  test.each([
    ['whose signature is wrong', signed('another'), 401],
    ['that is not signed', { headers: [], body: BODY }, 401],
    ['that the app fails on', signed(), 500],
    ['that the app takes', signed(), 200],
  ])('is not told of for one %s', async (_, request, status) => {
    answer = { status }
    const session = await startListening(bench, [String(app.port), ...WITH_SECRET], {
      env: ENV,
      columns: 100,
    })
    await post(session.port, request)
    await session.stdout.until(new RegExp(`→ ${status}`))
    await session.end()
    expect(session.stdout.text()).not.toMatch(HINT)
  })
})

describe('verify', () => {
  test('says what the app answered, and how each framework hands over the raw body', async () => {
    await send()
    const words = await verify('last')
    expect(words).toContain(`localhost:${app.port}/hooks answered 401 to this request all the same.`)
    expect(words).toMatch(/express .*express\.raw\([\s\S]*flask .*request\.get_data\(\)/)
    expect(JSON.parse(await verify('last', '--json'))).toMatchObject({
      status: 'valid',
      explanation: { code: 'turned-down' },
    })
    expect(await verify('last', '--no-explain')).not.toContain('all the same')
  })

  test('says nothing of it once the app has taken the request', async () => {
    await send()
    answer = { status: 200 }
    expect((await bench.run(['replay', 'last'], { env: ENV })).status).toBe(0)
    expect(await verify('last')).not.toContain('all the same')
  })

  test('takes no replay for evidence, as it may have been edited', async () => {
    answer = { status: 200 }
    await send()
    answer = { status: 401 }
    const to = ['--to', `${app.port}/other`]
    expect((await bench.run(['replay', 'last', ...to, '--set', 'ref=x'], { env: ENV })).status).toBe(4)
    expect(await verify('last')).not.toContain('all the same')
  })

  test('speaks of the secret alone where the body is not signed', async () => {
    const to = ['--to', String(app.port)]
    await bench.run(['send', 'gitlab', 'push', ...to, '--secret', 'gitlab=env:S'], { env: ENV })
    const { stdout } = await bench.run(['verify', 'last', '--secret', 'gitlab=env:S'], { env: ENV })
    expect(stdout).toContain('If that is about the signature, the app has another secret.\n')
    expect(stdout).not.toContain('express')
  })
})

describe('send', () => {
  test('leads to verify, which says why', async () => {
    const { stderr } = await send()
    const command = /Next +why does your app turn it down\?\n +webhook-cli (.*)\n/.exec(stderr)?.[1] ?? ''
    expect(command).toMatch(/^verify \w{4} --secret github=env:S$/)
    const { stdout } = await bench.run(command.split(' '), { env: ENV })
    expect(stdout).toContain('answered 401 to this request all the same')
  })

  test.each([
    ['nothing is kept to look at', ['--no-store']],
    ['the event was tampered with', ['--tamper', 'body']],
  ])('suggests nothing where %s', async (_, flags) => {
    expect((await send(...flags)).stderr).not.toContain('Next')
  })
})

describe('the line below an answer that is a page', () => {
  test.each([
    [
      'of Flask',
      '<!doctype html>\n<html lang=en>\n<title>401 Unauthorized</title>\n<h1>Unauthorized</h1>\n<p>No such key.</p>\n',
      'Unauthorized No such key.',
    ],
    [
      'of Express',
      '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n<body>\n<pre>Cannot POST /hooks</pre>\n</body>\n</html>\n',
      'Cannot POST /hooks',
    ],
    [
      'whose style is long',
      `<!DOCTYPE html><html><head><title>KeyError at /hooks</title><style>${'a{}'.repeat(300)}</style>`,
      'KeyError at /hooks',
    ],
    ['that was cut within a tag', `<html>told<p ${'x'.repeat(600)}`, 'told'],
    ['with controls', '<html>a\u001b[31mb\u202e</html>', String.raw`a\x1b[31mb\u{202e}`],
  ])('has its words: %s', async (_, body, words) => {
    answer = { status: 401, body }
    const { stdout } = await send()
    expect(stdout).toContain(`\n         ${words}\n`)
  })
})

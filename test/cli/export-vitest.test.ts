import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeSecret } from '../../src/providers/engine/secrets.ts'
import type { FreshSecret } from '../../src/providers/engine/secrets.ts'
import { sign } from '../../src/providers/engine/sign.ts'
import { targetOf } from '../../src/providers/engine/url.ts'
import { findProvider } from '../../src/providers/table/index.ts'
import type { Provider } from '../../src/providers/types.ts'
import { pairsOf } from '../../src/core/headers.ts'
import type { AppServer } from '../helpers/app-server.ts'
import { startApp } from '../helpers/app-server.ts'
import type { Bench } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'
import type { Judge } from '../providers/judges.ts'
import { JUDGES } from '../providers/judges.ts'
import { countingRandom } from '../providers/random.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const A_DAY_AGO = Date.now() - 86_400_000

interface Case {
  readonly judge: Judge
  readonly provider: Provider
  readonly key: FreshSecret
  readonly env: string
}

const CASES: readonly Case[] = JUDGES.map((judge) => {
  const provider = findProvider(judge.provider)
  if (provider?.secret === undefined) throw new Error(judge.provider)
  return {
    judge,
    provider,
    key: makeSecret(provider.secret.make, countingRandom()),
    env: provider.secret.env,
  }
})

/** A day-old request of each SDK's provider, as our JSON; a header tells the application who is to judge it. */
function capturedLine({ judge, provider, key }: Case, at: number): string {
  const result = sign({ method: 'POST', ...judge.draft }, provider, key.signingKey, {
    now: A_DAY_AGO,
    id: 'msg_1',
    ...(judge.options && { options: judge.options }),
  })
  if ('failure' in result) throw new Error(`${judge.sdk}: ${result.failure.code}`)
  const { url, headers, body } = result.signed
  return JSON.stringify({
    v: 1,
    type: 'request',
    receivedAt: new Date(A_DAY_AGO).toISOString(),
    method: 'POST',
    target: targetOf(url),
    httpVersion: '1.1',
    headers: [['Host', 'example.test'], ['X-Judge', String(at)], ...headers],
    body: { size: body.byteLength, encoding: 'base64', data: Buffer.from(body).toString('base64') },
  })
}

let bench: Bench
let app: AppServer
beforeEach(async () => {
  bench = createBench()
  app = await startApp(async ({ method, url: target, headers, rawHeaders, body }) => {
    const one = CASES[Number(headers['x-judge'])]
    if (one === undefined) return { status: 404 }
    // Some sign the URL that they were given, whatever host the request was sent to.
    const url = new URL(one.judge.draft.url).origin + target
    const request = { method, url, headers: pairsOf(rawHeaders), body }
    return { status: (await one.judge.accepts(request, one.key)) === true ? 200 : 400, body: one.judge.sdk }
  })
})
afterEach(async () => {
  await app.close()
  bench.remove()
})

const secretEnv = (): Record<string, string> =>
  Object.fromEntries(CASES.map(({ env, key }) => [env, key.secret]))

/** Imports the requests and writes a test file of each into `tests`. */
async function exportTests(cases: readonly Case[]): Promise<string> {
  const stdin = cases.map((one) => capturedLine(one, CASES.indexOf(one))).join('\n')
  const secrets = [...new Set(cases.map(({ judge, env }) => `${judge.provider}=env:${env}`))]
  const imported = await bench.run(['import', '-', ...secrets.flatMap((secret) => ['--secret', secret])], {
    stdin,
    env: secretEnv(),
  })
  expect(imported.status, imported.stderr).toBe(0)
  const { status, stderr } = await bench.run([
    'export',
    '--format',
    'vitest',
    '--to',
    String(app.port),
    '--out',
    'tests',
  ])
  expect(status, stderr).toBe(0)
  const folder = join(bench.home, 'tests')
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
}

/** Vitest itself, in a process of its own. */
function runVitest(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<{ report: Report; output: string }> {
  const args = ['run', '--root', folder, '--reporter=json', '--outputFile=report.json', '--maxWorkers=2']
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), ...args],
      { cwd: folder, env: { PATH: process.env['PATH'], HOME: bench.home, ...env }, timeout: 100_000 },
      (_error, stdout, stderr) =>
        resolve({
          report: JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report,
          output: readFileSync(join(folder, 'report.json'), 'utf8') + stdout + stderr,
        }),
    )
  })
}

/** Its time is in the body, which no test can write anew: see below. */
const IN_THE_BODY = 'linear'
const remote = CASES.filter(({ judge }) => judge.provider !== IN_THE_BODY)

describe('export --format vitest', () => {
  test('day-old requests pass the official SDKs in an application beside the test, with nothing but the secret', async () => {
    const folder = await exportTests(remote)
    const written = readdirSync(folder)
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n')
    for (const { key } of remote) expect(written).not.toContain(key.secret)
    const { report, output } = await runVitest(folder, secretEnv())
    expect(report, output).toMatchObject({ numPassedTests: remote.length, numFailedTests: 0 })
    expect(app.received.length).toBe(remote.length)
    console.log(
      `export --format vitest: ${remote.length} day-old requests, each accepted by its official SDK`,
    )
  }, 120_000)

  test('without the secret, or with a wrong one, the tests fail', async () => {
    const folder = await exportTests(
      remote.filter(({ judge }) => ['stripe', 'slack'].includes(judge.provider)),
    )
    const missing = await runVitest(folder, {})
    expect(missing.report).toMatchObject({ numPassedTests: 0, numFailedTests: 2 })
    expect(missing.output).toContain('the variable STRIPE_WEBHOOK_SECRET')
    const wrong = Object.fromEntries(Object.keys(secretEnv()).map((name) => [name, 'whsec_d3Jvbmcgc2VjcmV0']))
    expect((await runVitest(folder, wrong)).report).toMatchObject({ numPassedTests: 0, numFailedTests: 2 })
  }, 120_000)

  test('where the time cannot be signed anew the clock stands still, for an application in the same process', async () => {
    const cases = CASES.filter(({ judge }) => judge.provider === IN_THE_BODY)
    const folder = await exportTests(cases)
    writeFileSync(
      join(folder, 'app.ts'),
      `import { createServer } from 'node:http'
import { LinearWebhookClient } from '@linear/sdk/webhooks'
const client = new LinearWebhookClient(process.env['LINEAR_WEBHOOK_SECRET'] ?? '')
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    try {
      const { webhookTimestamp } = JSON.parse(body.toString()) as { webhookTimestamp: number }
      const isValid = client.verify(body, String(request.headers['linear-signature']), webhookTimestamp)
      response.writeHead(isValid ? 200 : 400).end()
    } catch (error) {
      response.writeHead(400).end(String(error))
    }
  })
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
process.env['WEBHOOK_TARGET'] = 'http://127.0.0.1:' + String((server.address() as { port: number }).port)
`,
    )
    writeFileSync(join(folder, 'vitest.config.ts'), `export default { test: { setupFiles: ['./app.ts'] } }\n`)
    const frozen = await runVitest(folder, secretEnv())
    expect(frozen.report, frozen.output).toMatchObject({ numPassedTests: cases.length, numFailedTests: 0 })
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.test.ts'))) {
      const path = join(folder, name)
      writeFileSync(path, readFileSync(path, 'utf8').replace(/^beforeEach.*$/m, ''))
    }
    expect((await runVitest(folder, secretEnv())).report).toMatchObject({ numPassedTests: 0 })
  }, 120_000)
})

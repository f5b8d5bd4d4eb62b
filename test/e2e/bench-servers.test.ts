import type { ChildProcess } from 'node:child_process'
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { BenchResult } from '../../src/core/bench/result.ts'
import { createBench } from '../helpers/cli.ts'

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'bench')
const folder = mkdtempSync(join(tmpdir(), 'webhook-cli-bench-'))
const bench = createBench()
const started: ChildProcess[] = []

afterAll(async () => {
  await Promise.all(
    started.map(async (child) => {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await new Promise((resolve) => child.once('exit', resolve))
    }),
  )
  bench.remove()
  rmSync(folder, { recursive: true, force: true })
})

function hasProgram(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const NCHAN = hasProgram('nginx') && existsSync('/usr/lib/nginx/modules/ngx_nchan_module.so')
const REGISTRY = hasProgram('docker-registry')
if (!NCHAN)
  console.log('skipped: bench against nchan (Debian: nginx and libnginx-mod-nchan are not installed)')
if (!REGISTRY)
  console.log('skipped: bench against docker-registry (Debian: docker-registry is not installed)')

/** Ports that nobody had a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) =>
          server.listen(0, '127.0.0.1', () => {
            const address = server.address()
            resolve(typeof address === 'object' && address !== null ? address.port : 0)
          }),
        ),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** The example files, with ports and a folder of this test's own. */
async function prepare(
  name: string,
  files: readonly string[],
  port: number,
): Promise<{ dir: string; port: number }> {
  const dir = join(folder, name)
  cpSync(FIXTURES, dir, { recursive: true })
  const [own = 0, hook = 0] = await freePorts(2)
  for (const file of files) {
    const text = readFileSync(join(dir, file), 'utf8')
    const moved = text
      .replaceAll(`:${port}`, `:${own}`)
      .replaceAll(':9911', `:${hook}`)
      .replaceAll('DIR', dir)
    writeFileSync(join(dir, file), moved)
  }
  return { dir, port: own }
}

async function start(program: string, args: readonly string[], url: string): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  started.push(child)
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  let ended = false
  child.once('exit', () => (ended = true))
  for (;;) {
    if (ended) throw new Error(`${program} ended: ${said}`)
    const answer = await fetch(url).catch(() => undefined)
    if (answer !== undefined) return
  }
}

function resultOf(stdout: string): BenchResult {
  return JSON.parse(stdout) as BenchResult
}

function table({ modes }: BenchResult): string {
  return Object.entries(modes)
    .map(
      ([name, { detected, offered, delayMs, model, errors }]) =>
        `${name} ${detected}/${offered}${errors > 0 ? ` (${errors} errors)` : ''} mean ${delayMs.mean.value.toFixed(1)} ms${model === undefined ? '' : ` (model ${model.meanMs.toFixed(1)}, KS ${model.ks.toFixed(3)} of ${model.ksLimit.toFixed(3)})`}`,
    )
    .join('; ')
}

/**
 * Every mode saw every event it was offered, but for polls that the target answered with an error; polls are as the
 * model says, push is quicker than the quickest poll.
 */
function check(result: BenchResult, push: readonly string[]): void {
  for (const [name, mode] of Object.entries(result.modes)) {
    // What a failed poll would have shown may be gone by the next one.
    expect(mode.missed, name).toBeLessThanOrEqual(mode.errors)
    expect(mode.errors / Math.max(mode.requests, 1), name).toBeLessThan(0.15)
    expect(mode.offered, name).toBeGreaterThan(5)
  }
  // A registry that is read while a tag is being written answers 404 or 500 now and then: the poll is lost, and with
  // it the model's assumption.
  const fits = Object.values(result.modes).flatMap(({ model, errors }) =>
    model === undefined || errors > 0 ? [] : [model],
  )
  // In one run of twenty one of the true models fails.
  expect(fits.filter(({ fit }) => fit).length).toBeGreaterThanOrEqual(fits.length - 1)
  for (const { ks, ksLimit } of fits) expect(ks).toBeLessThan(1.5 * ksLimit)
  const median = (name: string): number => result.modes[name]?.delayMs.p50.value ?? Number.NaN
  for (const name of push) expect(median(name), name).toBeLessThan(median('poll.100ms') / 2)
}

describe.skipIf(!NCHAN)('nginx with nchan', () => {
  test('all six modes, by the example file', async () => {
    const { dir, port } = await prepare('nchan', ['nchan.conf', 'nchan.json'], 8090)
    await start(
      'nginx',
      ['-c', join(dir, 'nchan.conf'), '-e', join(dir, 'error.log')],
      `http://127.0.0.1:${port}/`,
    )
    const { status, stdout, stderr } = await bench.run([
      'bench',
      join(dir, 'nchan.json'),
      '--json',
      '--events',
      '80',
      '--gap',
      '50ms',
      '--seed',
      'nchan',
    ])
    expect(status, stderr).toBe(0)
    const result = resultOf(stdout)
    console.log(`nchan: ${table(result)}`)
    check(result, ['longpoll', 'webhook', 'sse', 'ws'])
    expect(result.modes['conditional.500ms']?.notModified).toBeGreaterThan(0)
  })
})

describe.skipIf(!REGISTRY)('docker-registry', () => {
  test('poll, conditional and webhook, by the example file', async () => {
    const { dir, port } = await prepare('registry', ['registry.yml', 'registry.json'], 5001)
    const base = `http://127.0.0.1:${port}/v2`
    await start('docker-registry', ['serve', join(dir, 'registry.yml')], `${base}/`)
    const upload = await fetch(`${base}/demo/app/blobs/uploads/`, { method: 'POST' })
    const sha256 = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'
    const put = await fetch(`${upload.headers.get('location') ?? ''}&digest=sha256:${sha256}`, {
      method: 'PUT',
      body: '{}',
    })
    expect(put.status).toBe(201)
    const { status, stdout, stderr } = await bench.run([
      'bench',
      join(dir, 'registry.json'),
      '--json',
      '--events',
      '60',
      '--gap',
      '80ms',
      '--seed',
      'registry',
    ])
    expect(status, stderr).toBe(0)
    const result = resultOf(stdout)
    console.log(`docker-registry: ${table(result)}`)
    // Of uploads under way together the registry keeps any: the one answered last may be shown to nobody.
    check(result, ['webhook'])
    expect(result.modes['conditional.500ms']?.kind).toBe('conditional')
  })
})

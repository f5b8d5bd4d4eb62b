import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { post } from '../helpers/post.ts'
import { createHome, runCli, startListen } from '../helpers/spawn.ts'
import { checkIntegrity } from '../helpers/store.ts'

const STRACE = spawnSync('strace', ['-V']).status === 0
if (!STRACE) console.log('skipped: no strace to make the disk fail')

let home: string
let remove: () => void
beforeEach(() => {
  ;({ home, remove } = createHome())
})
afterEach(() => remove())

/** Lets calls of a process fail, as strace counts them from now on. Resolves once it does, with what ends it. */
async function failing(pid: number, inject: string): Promise<() => Promise<void>> {
  const [calls = ''] = inject.split(':')
  const strace = spawn(
    'strace',
    ['-f', '-p', String(pid), '-e', `trace=${calls}`, '-e', `inject=${inject}`],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  await new Promise<void>((resolve) => {
    let told = ''
    strace.stderr.on('data', (chunk) => {
      told += String(chunk)
      if (told.includes('attached')) resolve()
    })
  })
  return async () => {
    strace.kill('SIGINT')
    await once(strace, 'exit')
  }
}

const POSTS = 60

test.runIf(STRACE).each([
  { what: 'the disk fails to sync', inject: 'fsync,fdatasync:error=EIO:when=20..29' },
  { what: 'the disk fails to write', inject: 'pwrite64:error=EIO:when=60..79' },
  { what: 'there is no space', inject: 'pwrite64:error=ENOSPC:when=80..99' },
])(
  'R-CAP-4: while $what, nobody is told 200 for what is not stored; then it goes on',
  { timeout: 60_000 },
  async ({ inject }) => {
    const listening = await startListen([], { home })
    const { pid = 0 } = listening.child
    expect((await post(listening.port, { path: '/before' })).status).toBe(200)
    const stop = await failing(pid, inject)
    const statuses = new Map([['/before', 200]])
    for (let nth = 0; nth < POSTS; nth++) {
      const { status } = await post(listening.port, { path: `/${nth}`, body: Buffer.alloc(20_000, nth) })
      statuses.set(`/${nth}`, status)
    }
    await stop()
    expect((await post(listening.port, { path: '/after' })).status).toBe(200)
    statuses.set('/after', 200)
    listening.child.kill('SIGTERM')
    expect(await listening.ended).toEqual({ code: 0, signal: null })

    const { stdout } = await runCli(['list', '--json', '-n', '1000'], { home })
    const kept = stdout.toString().trim().split('\n')
    const stored = kept.map((line) => (JSON.parse(line) as { target: string }).target)
    const acked = [...statuses].filter(([, status]) => status === 200).map(([target]) => target)
    const refused = [...statuses.values()].filter((status) => status === 503)
    const integrity = checkIntegrity(join(home, '.local/state/webhook-cli/requests.db'))
    console.log(
      `R-CAP-4: ${inject}: ${acked.length} acknowledged, ${stored.length} stored, ${refused.length} × 503, integrity ${integrity}`,
    )
    expect(stored.toSorted()).toEqual(acked.toSorted())
    expect(refused.length).toBeGreaterThan(0)
    expect(acked.length + refused.length).toBe(statuses.size)
    // The last ones came when the failures were over, and found it well again.
    expect(statuses.get(`/${POSTS - 1}`)).toBe(200)
    expect(integrity).toBe('ok')
  },
)

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { watchSignals } from './cli/interruption.ts'
import { findPaths } from './cli/paths.ts'
import { run } from './cli/program.ts'
import { compose } from './compose.ts'
import { inputOf, outputOf, systemClock } from './ui/io.ts'

const manifest: { readonly version: string } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
)
const { version } = manifest

/** How long a reader may take to read the end of our output, in milliseconds. */
const LAST_WORDS_MS = 2000

/** Commands that run right now. Ctrl-C at a terminal does not reach them: they are groups of their own. */
const groups = new Set<number>()

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  const io = {
    stdin: inputOf(() => process.stdin),
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    platform: process.platform,
    clock: systemClock,
  }
  const deps = compose({
    io,
    paths: findPaths(process.env, process.platform),
    version,
    versions: `webhook-cli ${version}, node ${process.version}, ${process.platform} ${process.arch}`,
    random: (size) => randomBytes(size),
    // The origin of the monotonic clock is the start of the process.
    startedAt: 0,
    interruption: () =>
      watchSignals((signal, callback) => void process.on(signal, callback), systemClock, dieBySigint),
    uid: process.getuid?.(),
    warnings: process,
    kill: (pid, signal) => process.kill(pid, signal),
    groups,
    self: {
      pid: process.pid,
      command: [process.execPath, fileURLToPath(new URL('../bin/webhook-cli.cjs', import.meta.url))],
      node: process.version,
      cpuUs() {
        const { user, system } = process.cpuUsage()
        return user + system
      },
      turn: (callback) => void setImmediate(callback),
    },
  })
  const status = await run(args, deps)
  const late = new Promise<void>((resolve) => systemClock.after(LAST_WORDS_MS, resolve))
  await Promise.race([Promise.all([io.stdout.drained(), io.stderr.drained()]), late])
  if (status === 130) dieBySigint()
  else process.exit(status)
}

/** Status 130 by the signal itself: a shell script then sees an interruption and stops too. */
function dieBySigint(): void {
  killGroups()
  // Windows knows no death by signal: it would be status 1.
  if (process.platform === 'win32') process.exit(130)
  process.removeAllListeners('SIGINT')
  process.kill(process.pid, 'SIGINT')
}

function killGroups(): void {
  for (const group of groups) {
    try {
      process.kill(-group, 'SIGKILL')
    } catch {
      // It has just ended by itself.
    }
  }
}

process.on('exit', killGroups)
await main()

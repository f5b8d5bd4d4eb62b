import { existsSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createHome, runCli } from '../helpers/spawn.ts'

let own: ReturnType<typeof createHome>
beforeEach(() => {
  own = createHome()
})
afterEach(() => own.remove())

// A process that makes folders for ever hears no signal but this one.
const under = ['timeout', '-s', 'KILL', '20']
const env = { PATH: process.env['PATH'] ?? '', XDG_STATE_HOME: '/proc' }

test.runIf(existsSync('/proc/self'))(
  'where no folder can be made, that is told and nothing runs for ever',
  { timeout: 70_000 },
  async () => {
    const cases: [args: string[], told: RegExp][] = [
      [['list'], /cannot open the store [\s\S]*no such file or folder/],
      [['listen', '--tls', '--no-store', '--port', '0'], /cannot write .*tls \(no such file or folder\)/],
      [['export', '--store', ':memory:', '--out', '/proc/x'], /cannot write \/proc\/x/],
    ]
    for (const [args, told] of cases) {
      const { code, stdout, stderr } = await runCli(args, { home: own.home, env, under })
      expect({ code, stdout: stdout.toString() }, args.join(' ')).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(told)
    }
  },
)

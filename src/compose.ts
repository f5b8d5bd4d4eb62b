import type { CliDeps } from './cli/deps.ts'
import type { WarningEmitter } from './store/sqlite-driver.ts'

/** What only the process itself, or a test in its place, can give. */
export interface Outside extends Pick<
  CliDeps,
  'io' | 'paths' | 'version' | 'versions' | 'random' | 'startedAt' | 'interruption'
> {
  /** The user we run as, where the system has numeric users. */
  readonly uid: number | undefined
  /** `process`: whoever says that node:sqlite is experimental, which is no news for the user. */
  readonly warnings: WarningEmitter
  /** Signals a process, or with a negative number a whole group; 0 only asks whether it is there. */
  readonly kill: (pid: number, signal: NodeJS.Signals | 0) => unknown
  /** Process groups that we started and that have not ended yet. */
  readonly groups: Set<number>
  /** What only our own process can tell of itself. */
  readonly self: {
    readonly pid: number
    /** Program and arguments that start it again. */
    readonly command: readonly string[]
    readonly node: string
    /** CPU time so far, microseconds. */
    readonly cpuUs: () => number
    /** Calls back in the event loop's next turn. */
    readonly turn: (callback: () => void) => void
  }
}

/** Joins the floors: which store, which receiver. Each is loaded when it is first asked for. */
export function compose(outside: Outside): CliDeps {
  const { random, io, uid, warnings, kill, groups, self } = outside
  const { clock, platform, cwd, env } = io
  const processes = { clock, platform, cwd, env, kill, groups }
  return {
    ...outside,
    async openStore({ location, keep, keepBytes, onNotice }) {
      const [{ openStore }, { createWorkers }] = await Promise.all([
        import('./store/open.ts'),
        import('./store/workers.ts'),
      ])
      const workers = createWorkers({ pid: self.pid, probe: (pid) => kill(pid, 0) })
      return openStore({ location, keep, keepBytes, onNotice, random, uid, warnings, workers })
    },
    async startReceiver({ host, port, tls, maxBodyBytes }, hooks) {
      const { DEFAULT_LIMITS, startReceiver } = await import('./http/receiver.ts')
      const limits = { ...DEFAULT_LIMITS, maxBodyBytes }
      return startReceiver({ ...hooks, host, port, limits, clock: io.clock, ...(tls && { tls }) })
    },
    async openForwarder(settings) {
      const { openForwarder } = await import('./http/forwarder.ts')
      return openForwarder({ ...settings, clock: io.clock })
    },
    async openExecutor() {
      const { openExecutor } = await import('./exec/runner.ts')
      return openExecutor(processes)
    },
    async openNotifier() {
      const { openNotifier } = await import('./exec/notify.ts')
      return openNotifier(processes)
    },
    async startService(settings, tools) {
      const { startService } = await import('./service/server.ts')
      const { machineNanoseconds } = await import('./ui/io.ts')
      return startService(settings, { ...tools, clock: io.clock, random, nanoseconds: machineNanoseconds })
    },
    async openServiceRows(path, onNotice) {
      const { openServiceRows } = await import('./store/service-rows.ts')
      return openServiceRows({ path, onNotice, uid, warnings })
    },
    async openBenchTools({ loopbackOnly }) {
      const [
        { machineNanoseconds: nanoseconds },
        { benchClock },
        { inspectMachine },
        { benchNet },
        { triggerCommands },
      ] = await Promise.all([
        import('./ui/io.ts'),
        import('./http/bench/clock.ts'),
        import('./http/bench/machine.ts'),
        import('./http/bench/net.ts'),
        import('./exec/trigger.ts'),
      ])
      return {
        clock: benchClock(io.clock, self.turn),
        machine: inspectMachine({ ...self, clock: io.clock, nanoseconds }),
        net: benchNet({ clock: io.clock, loopbackOnly }),
        commands: triggerCommands(processes),
      }
    },
    async startSelf(args) {
      const { startOwnProcess } = await import('./exec/self.ts')
      return startOwnProcess([...self.command, ...args], processes)
    },
    async makeCertificate(now) {
      const { makeCertificate } = await import('./http/certificate.ts')
      return makeCertificate({ now })
    },
    async lookAt(url, options) {
      const { lookAt } = await import('./http/reachable.ts')
      return lookAt(url, options, io.clock)
    },
    async portOwner(port) {
      const { portOwner } = await import('./http/port-owner.ts')
      return portOwner(port)
    },
  }
}

import type { BenchTools, OwnProcess } from '../core/bench/ports.ts'
import type { Look } from '../core/events.ts'
import type { Notifier } from '../core/notice.ts'
import type {
  Executor,
  Forwarder,
  Random,
  Receiver,
  ReceiverHooks,
  Store,
  StoreNotice,
} from '../core/ports.ts'
import type { RunningService, ServiceRows, ServiceSettings, ServiceTools } from '../core/service.ts'
import type { Io } from '../ui/io.ts'
import type { Paths } from './paths.ts'

export interface ReceiverSettings {
  readonly host: string
  readonly port: number
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly maxBodyBytes: number
}

export interface ForwarderSettings {
  /** Connections at once to one target. */
  readonly connections: number
  /** Addresses of other machines are refused, whatever name leads to them. */
  readonly loopbackOnly: boolean
  /** Of private networks only this machine. */
  readonly noPrivate?: boolean
}

export interface Certificate {
  readonly key: string
  readonly cert: string
  /** SHA-256 over the certificate, in hex pairs. */
  readonly fingerprint256: string
}

/** Told by the user or the system to end. */
export interface Interruption {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP; a second SIGINT a moment later ends the process there and then. */
  readonly stop: AbortSignal
  /** True where the process is to die by SIGINT once it has drained, so that a script around it stops too. */
  bySigint(): boolean
}

/** All that commands need of the outside. `main` makes the real ones; nothing heavy is loaded before it is called. */
export interface CliDeps {
  readonly io: Io
  readonly paths: Paths
  readonly version: string
  /** `webhook-cli 0.1.0, node v22.1.0, linux x64`. */
  readonly versions: string
  readonly random: Random
  /** Monotonic milliseconds at which the process began. */
  readonly startedAt: number
  /** Takes over the signals; from then on the command must watch `stop`. */
  interruption(): Interruption
  openStore(options: {
    readonly location: string
    readonly keep: number
    readonly keepBytes: number
    readonly onNotice: (notice: StoreNotice) => void
  }): Promise<Store>
  startReceiver(settings: ReceiverSettings, hooks: ReceiverHooks): Promise<Receiver>
  /** A pool of connections to wherever requests are sent. */
  openForwarder(settings: ForwarderSettings): Promise<Forwarder>
  /** Runs the user's commands, in the folder and with the variables that we were started with. */
  openExecutor(): Promise<Executor>
  /** Shows notifications on the desktop. */
  openNotifier(): Promise<Notifier>
  /** The sample service of `serve`. @throws AppError `port-in-use` or `cannot-listen` */
  startService(
    settings: ServiceSettings,
    tools: Omit<ServiceTools, 'clock' | 'random' | 'nanoseconds'>,
  ): Promise<RunningService>
  openServiceRows(path: string, onNotice: (notice: StoreNotice) => void): Promise<ServiceRows>
  /** Sockets, timers and machine of a benchmark. */
  openBenchTools(options: { readonly loopbackOnly: boolean }): Promise<BenchTools>
  /** Starts this program again, in a process of its own. */
  startSelf(args: readonly string[]): Promise<OwnProcess>
  makeCertificate(now: number): Promise<Certificate>
  /** Whether something takes connections there; undefined where that is not known in time. */
  lookAt(
    url: string,
    options: { readonly patienceMs: number; readonly loopbackOnly: boolean },
  ): Promise<Look | undefined>
  /** Names the program that holds a port, where the system tells: `node (pid 41207)`. */
  portOwner(port: number): Promise<string | undefined>
}

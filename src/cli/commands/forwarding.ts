import type { Command } from 'commander'
import { collect } from '../options.ts'

/** Flags about passing requests on, shared by `listen` and `forward`. */
export interface ForwardingFlags {
  readonly forward?: readonly string[]
  readonly route?: readonly string[]
  readonly header?: readonly string[]
  readonly hostHeader?: string
  readonly retries?: string
  readonly backoff?: string
  readonly orderBy?: string
  readonly concurrency?: string
  readonly timeout?: string
  readonly exec?: readonly string[]
  readonly execShell?: readonly string[]
  readonly execConcurrency?: string
  readonly allowRemote?: boolean
}

export function addForwardingOptions(command: Command): Command {
  return command
    .optionsGroup('Passing on:')
    .option('--forward <url>', 'to this target too; may be repeated', collect)
    .option('--route <route>', "'event:invoice.* -> 3000/billing'; may be repeated", collect)
    .option('-H, --header <header>', "'K: V' sets a header, 'K:' removes it", collect)
    .option('--host-header <which>', 'Host of the target, or keep the sender’s (default target)')
    .option('--retries <n>', 'attempts after the first (help forwarding)')
    .option('--backoff <how>', 'exponential, fixed or 1s,5s,30s (default exponential)')
    .option('--order-by <key>', "none, path or a CEL value: 'request.body.id'")
    .option('--concurrency <n>', 'attempts at once (default 16)')
    .option('--timeout <duration>', 'for each attempt (default 30s)')
    .option('--allow-remote', 'targets in settings files may be other machines')
    .optionsGroup('Running commands:')
    .option('--exec <command>', 'run on each request: body on stdin, WEBHOOK_* set', collect)
    .option('--exec-shell <line>', 'the same for a line of the shell', collect)
    .option('--exec-concurrency <n>', 'commands at once, up to 64 (default 1)')
}

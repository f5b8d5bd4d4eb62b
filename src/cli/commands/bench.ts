import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import type { SharedOptions } from '../options.ts'
import { addSharedOptions, collect } from '../options.ts'

export interface BenchFlags extends SharedOptions {
  readonly poll?: string
  readonly conditional?: string
  readonly longPoll?: string | boolean
  readonly webhook?: boolean
  readonly sse?: string | boolean
  readonly ws?: string | boolean
  readonly wsSend?: string
  readonly pollMode?: string
  readonly jitter?: string
  readonly backoff?: string
  readonly subscribers?: string
  readonly quick?: boolean
  readonly thorough?: boolean
  readonly events?: string
  readonly gap?: string
  readonly arrivals?: string
  readonly payload?: string
  readonly seed?: string
  readonly trigger?: string
  readonly triggerHeader?: readonly string[]
  readonly triggerCmd?: string
  readonly observeOnly?: boolean
  readonly id?: readonly string[]
  readonly sinceParam?: string
  readonly header?: readonly string[]
  readonly drain?: boolean
  readonly history?: boolean
  readonly latest?: boolean
  readonly webhookListen?: string
  readonly webhookUrl?: string
  readonly webhookAnswer?: string
  readonly subscribe?: string
  readonly unsubscribe?: string
  readonly allowRemote?: boolean
  readonly maxRequests?: string
  readonly yes?: boolean
  readonly csv?: boolean
  readonly markdown?: boolean
  readonly html?: string
  readonly out?: string
  readonly assert?: readonly string[]
  readonly compare?: string
  readonly strict?: boolean
}

export function declareBench(program: Command, deps: CliDeps, done: (status: number) => void): void {
  const command = program
    .command('bench')
    .description('Poll or be told: how late each way learns of an event, and what it costs.')
    .argument('[target]', 'a URL to poll, a .json file of these flags, or explain; default: a sample service')
    .optionsGroup('Ways to learn (default: all there are):')
    .option('--poll <intervals>', 'ask again and again: 100ms,500ms,2s')
    .option('--conditional <intervals>', 'the same with If-None-Match')
    .option('--long-poll [url]', 'ask, and be answered when there is news')
    .option('--webhook', 'be called')
    .option('--sse [url]', 'Server-Sent Events')
    .option('--ws [url]', 'WebSocket; --ws-send: its first message')
    .option('--ws-send <text>', 'sent once a WebSocket is open')
    .option('--poll-mode <mode>', 'grid: from start to start (default); sleep: after the answer')
    .option('--jitter <share>', 'intervals vary by so much: 10%')
    .option('--backoff <first,factor,longest>', 'an empty poll stretches the interval: 100ms,2,10s')
    .option('--subscribers <n>', 'so many clients each (default 1)')
    .optionsGroup('Events:')
    .option('--quick', 'about 8 s')
    .option('--thorough', 'about 2 min: p99, narrower intervals')
    .option('--events <n>', 'how many')
    .option('--gap <duration>', 'between two on average')
    .option('--arrivals <kind>', 'poisson (default), stratified, periodic or trace:FILE')
    .option('--payload <size>', 'bytes of an event (default 256)')
    .option('--seed <text>', 'the same schedule again')
  addTargetOptions(command)
  addOutputOptions(command)
  addSharedOptions(command).action(async (target: string | undefined, flags: BenchFlags) => {
    const { runBenchCommand } = await import('../run/bench.ts')
    done(await runBenchCommand(target, flags, deps))
  })
}

function addTargetOptions(command: Command): void {
  command
    .optionsGroup('A target of your own:')
    .option('--trigger <request>', "makes an event: 'POST https://…/orders @order.json', with {id} in it")
    .option('--trigger-header <header>', "header 'K: V' of the trigger only; repeatable", collect)
    .option('--trigger-cmd <line>', 'makes an event by a command; $WEBHOOK_BENCH_ID is its id')
    .option('--observe-only', 'somebody else makes the events')
    .option('--id <selector>', "where the id is: '/items/*/id', header:NAME, regex:/…/; repeatable", collect)
    .option('--since-param <name>', 'asks for what is newer: since, or since=/cursor')
    .option('-H, --header <header>', "header 'K: V'; the value may be env:NAME or file:PATH", collect)
    .option('--drain', 'an answer brings one event: ask until there is none')
    .option('--history', 'the endpoint shows each event')
    .option('--latest', 'the endpoint shows the latest state only')
    .option('--webhook-listen <port>', '[host:]port for deliveries (default: any)')
    .option('--webhook-url <url>', 'by which the target reaches it')
    .option('--webhook-answer <status>', 'what deliveries are answered (default 200)')
    .option('--subscribe <request>', 'before the run: \'POST …/hooks {"url":"{webhookUrl}"}\'')
    .option('--unsubscribe <request>', "after it: 'DELETE {location}', or {/id} of its answer")
    .optionsGroup('Safety:')
    .option('--allow-remote', 'targets on other machines: intervals of 1s and more')
    .option('--max-requests <n>', 'to other machines never more (default 500)')
    .option('-y, --yes', 'do not ask before a run against another machine')
}

function addOutputOptions(command: Command): void {
  command
    .optionsGroup('Output and checks:')
    .option('--csv', 'the table as CSV')
    .option('--markdown', 'for a pull request')
    .option('--html <file>', 'a report: one file, no script')
    .option('--out <folder>', 'all of them, there')
    .option('--assert <condition>', "'webhook.p90<20ms', 'poll.2s.fit'; else exit 6; repeatable", collect)
    .option('--compare <file>', 'with the --json of an earlier run; a clear loss: exit 6')
    .option('--strict', 'exit 7 where the machine was too busy to tell')
}

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import type { BenchResult } from '../../src/core/bench/result.ts'
import type { BenchOrigin, OriginFaults } from '../helpers/bench-origin.ts'
import { startOrigin } from '../helpers/bench-origin.ts'
import { createBench } from '../helpers/cli.ts'

const bench = createBench()
afterAll(() => bench.remove())

const origins: BenchOrigin[] = []
afterEach(async () => {
  await Promise.all(origins.splice(0).map((origin) => origin.close()))
})

async function origin(faults?: OriginFaults): Promise<BenchOrigin> {
  const started = await startOrigin(faults)
  origins.push(started)
  return started
}

const SHORT = ['--events', '12', '--gap', '20ms']
const MARKED = '{"ref":"{id}"}'
const triggerOf = ({ url }: BenchOrigin, body = MARKED): string[] => [
  '--trigger',
  `POST ${url}/events ${body}`,
]
const hooksOf = ({ url }: BenchOrigin): string[] => [
  '--webhook',
  '--subscribe',
  `POST ${url}/hooks {"url":"{webhookUrl}"}`,
  '--unsubscribe',
  `DELETE ${url}/hooks/{/id}`,
]

function resultOf(stdout: string): BenchResult {
  return JSON.parse(stdout) as BenchResult
}

describe('the sample service, when nothing is named', () => {
  test('every mode sees every event it was given, and the result says how it was measured', async () => {
    const { status, stdout, stderr } = await bench.run([
      'bench',
      '--quick',
      '--json',
      '--events',
      '24',
      '--seed',
      's1',
    ])
    expect(status, stderr).toBe(0)
    const result = resultOf(stdout)
    expect(result).toMatchObject({
      schema: 'webhook-cli.bench/1',
      seed: 's1',
      interrupted: false,
      argv: ['bench', '--quick', '--json', '--events', '24', '--seed', 's1'],
      target: { kind: 'builtin', semantics: 'history' },
      design: { arrivals: 'poisson', pushAssignment: 'rotate', warmupEvents: 20 },
    })
    expect(Object.keys(result.modes)).toEqual([
      'poll.100ms',
      'poll.500ms',
      'poll.1s',
      'conditional.500ms',
      'longpoll',
      'webhook',
      'sse',
      'ws',
    ])
    for (const [name, mode] of Object.entries(result.modes)) {
      const isPoll = mode.intervalMs !== undefined
      expect([name, mode.offered, mode.detected, mode.missed]).toEqual([
        name,
        isPoll ? 24 : 6,
        isPoll ? 24 : 6,
        0,
      ])
      expect([name, mode.duplicates, mode.outOfOrder, mode.errors]).toEqual([name, 0, 0, 0])
      expect(mode.bytes.perEvent, name).toBeGreaterThan(20)
      // What a delivery costs beyond its trigger is not told where a busy machine hides it.
      if (isPoll || mode.cpuUs?.client !== undefined) expect(mode.cpuUs?.client, name).toBeGreaterThan(0)
    }
    expect(result.events.map(({ seq }) => seq)).toEqual(Array.from({ length: 24 }, (_, i) => i + 21))
    expect(result.env.harnessCpuPct).toBeGreaterThan(0)
    expect(result.breakEven.length).toBeGreaterThan(0)
  })

  test('the same seed makes the same schedule and the same rotation', async () => {
    const scheduleOf = async (seed: string): Promise<unknown[]> => {
      const arms = ['--sse', '--ws', '--poll', '100ms']
      const { stdout } = await bench.run(['bench', '--json', '--quick', ...SHORT, ...arms, '--seed', seed])
      const { events } = resultOf(stdout)
      const first = BigInt(events[0]?.scheduledNs ?? 0)
      // To the microsecond: the instants are sums of floating-point numbers.
      return events.map((event) => [
        event.seq,
        (BigInt(event.scheduledNs) - first + 500n) / 1000n,
        event.assigned,
      ])
    }
    const [first, again] = [await scheduleOf('one'), await scheduleOf('one')]
    expect(again.length).toBe(12)
    expect(again).toEqual(first)
  })

  test('a table for people on a terminal, tab-separated rows in a pipe', async () => {
    const args = ['bench', '--poll', '100ms', '--sse', '--quick', ...SHORT]
    const terminal = await bench.run(args, { columns: 100, env: { CI: '1', NO_COLOR: '1' } })
    expect(terminal.stdout).toMatch(/how a client learns.*\n.* poll 100 ms/)
    const pipe = await bench.run(args)
    expect(pipe.stdout.split('\n')[1]?.split('\t').slice(0, 5)).toEqual([
      'poll 100 ms',
      'poll',
      '100',
      '12',
      '12',
    ])
  })
})

describe('an endpoint of the user’s own', () => {
  test('polled, streamed and called: all events are seen, and the subscription is taken back', async () => {
    const target = await origin()
    const { status, stdout, stderr } = await bench.run([
      'bench',
      `${target.url}/events`,
      '--json',
      '--poll',
      '50ms',
      '--sse',
      `${target.url}/stream`,
      ...triggerOf(target),
      ...hooksOf(target),
      '--events',
      '40',
      '--gap',
      '40ms',
    ])
    expect(status, stderr).toBe(0)
    const { modes, design } = resultOf(stdout)
    expect(design.pushAssignment).toBe('slices')
    expect(modes['poll.50ms']).toMatchObject({ offered: 40, detected: 40 })
    for (const name of ['sse', 'webhook']) {
      expect(modes[name]?.offered, name).toBeGreaterThan(4)
      expect(modes[name]?.detected, name).toBe(modes[name]?.offered)
    }
    expect(target.subscriptions.size).toBe(0)
    expect(target.requests).toContain('DELETE /hooks/hook%201')
  })

  test('ids that the target gives are read from its answers, lists, streams and deliveries', async () => {
    const target = await origin()
    const { status, stdout, stderr } = await bench.run([
      'bench',
      `${target.url}/events`,
      '--json',
      '--poll',
      '50ms',
      '--since-param',
      'since',
      ...triggerOf(target, '{"ref":"x"}'),
      ...hooksOf(target),
      ...SHORT,
      '--id',
      '/items/*/id',
      '--id',
      '/data/id',
      '--id',
      '/id',
    ])
    expect(status, stderr).toBe(0)
    const { modes } = resultOf(stdout)
    expect(modes['poll.50ms']).toMatchObject({ offered: 12, detected: 12, missed: 0 })
    expect(modes['webhook']).toMatchObject({ offered: 12, detected: 12, missed: 0 })
  })

  test('a command makes the events; its environment has the id', async () => {
    const target = await origin()
    const { port } = target
    const command = `node -e "fetch('http://127.0.0.1:${port}/events',{method:'POST',body:JSON.stringify({ref:process.env.WEBHOOK_BENCH_ID})})"`
    const { status, stdout, stderr } = await bench.run([
      'bench',
      `${target.url}/events`,
      '--json',
      '--poll',
      '50ms',
      '--trigger-cmd',
      command,
      '--events',
      '4',
      '--gap',
      '150ms',
    ])
    expect(status, stderr).toBe(0)
    expect(resultOf(stdout).modes['poll.50ms']).toMatchObject({ offered: 4, detected: 4 })
  })

  test('live events of somebody else count from the first that saw them', async () => {
    const target = await origin()
    const session = bench.start([
      'bench',
      `${target.url}/events`,
      '--json',
      '--observe-only',
      '--id',
      '/items/*/id',
      '--id',
      '/id',
      '--poll',
      '50ms',
      '--sse',
      `${target.url}/stream`,
      '--events',
      '10',
      '--gap',
      '100ms',
    ])
    let made = 0
    const make = async (): Promise<void> => {
      await fetch(`${target.url}/events`, { method: 'POST', body: '{"ref":"live"}' })
      made++
    }
    const done = session.status.then(() => true)
    while (!(await Promise.race([done, make().then(() => false)])));
    const { modes, design } = resultOf(session.stdout.text())
    expect(design.arrivals).toBe('observed')
    expect(made).toBeGreaterThan(10)
    expect(modes['sse']?.detected).toBeGreaterThan(5)
    expect(modes['sse']?.delayMs.p50.value).toBeLessThan(5)
    expect(modes['poll.50ms']?.delayMs.p50.value).toBeGreaterThan(5)
  })

  test('flags may be in a file, relative to which its own files are; the command line wins', async () => {
    const target = await origin()
    const folder = join(bench.home, 'checked-in')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'event.json'), MARKED)
    writeFileSync(
      join(folder, 'bench.json'),
      JSON.stringify({
        url: `${target.url}/events`,
        trigger: `POST ${target.url}/events @event.json`,
        poll: ['50ms', '100ms'],
        events: 1000,
        header: ['X-Token: env:TOKEN'],
      }),
    )
    const { status, stdout, stderr } = await bench.run(
      ['bench', 'checked-in/bench.json', '--json', ...SHORT],
      {
        env: { TOKEN: 'not to be told' },
      },
    )
    expect(status, stderr).toBe(0)
    expect(Object.keys(resultOf(stdout).modes)).toEqual(['poll.50ms', 'poll.100ms'])
    expect(resultOf(stdout).modes['poll.50ms']).toMatchObject({ offered: 12, detected: 12 })
    expect(stdout + stderr).not.toContain('not to be told')
  })

  test('a file with an unknown key says which', async () => {
    writeFileSync(join(bench.home, 'wrong.json'), '{"pol": "1s"}')
    const { status, stderr } = await bench.run(['bench', 'wrong.json'])
    expect([status, stderr]).toEqual([2, expect.stringContaining('unknown key "pol"')])
  })
})

describe('what goes wrong is said, with what to do', () => {
  test('Ctrl-C shows what there is, unsubscribes, and ends with 130', async () => {
    let session: ReturnType<typeof bench.start> | undefined
    const stopping = await origin({
      onEvent(count) {
        if (count === 60) session?.interrupt()
      },
    })
    session = bench.start(
      [
        'bench',
        `${stopping.url}/events`,
        '--poll',
        '50ms',
        ...triggerOf(stopping),
        ...hooksOf(stopping),
        '--gap',
        '20ms',
        '--events',
        '5000',
      ],
      { columns: 100, env: { CI: '1', NO_COLOR: '1' } },
    )
    expect(await session.status).toBe(130)
    expect(session.stdout.text()).toMatch(/\n webhook +\d+ .*\n/)
    expect(stopping.subscriptions.size).toBe(0)
    expect(stopping.requests.filter((line) => line === 'POST /events').length).toBeLessThan(80)
  })

  test('one subscription of several is refused: the others are taken back', async () => {
    const target = await origin({ mostSubscriptions: 2 })
    const { status, stderr } = await bench.run([
      'bench',
      `${target.url}/events`,
      '--poll',
      '50ms',
      '--subscribers',
      '3',
      ...triggerOf(target),
      ...hooksOf(target),
    ])
    expect([status, stderr]).toEqual([1, expect.stringContaining('the subscription was not taken')])
    expect(target.requests.filter((line) => line === 'POST /hooks').length).toBe(3)
    expect(target.subscriptions.size).toBe(0)
  })

  test('a webhook that never comes: exit 3, and where to look', async () => {
    const target = await origin({ silentWebhooks: true })
    const { status, stderr } = await bench.run([
      'bench',
      `${target.url}/events`,
      '--json',
      '--poll',
      '50ms',
      ...triggerOf(target),
      ...hooksOf(target),
      ...SHORT,
    ])
    expect(status).toBe(3)
    expect(stderr).toMatch(/webhook saw none of 12 events: no delivery came\. Can the target reach us/)
  })

  test.each([
    ['a pipe', {}, 'stderr', /^note: (Stopped before its end, after (\d+) of 400 events: .*)$/m],
    [
      'a terminal of 60 columns',
      { columns: 60, env: { CI: '1', NO_COLOR: '1' } },
      'stdout',
      /(! Stopped) before its end, after (\d+) of 400 events/,
    ],
  ] as const)(
    'Ctrl-C in %s: the figures so far, of how many events, and exit 130',
    async (_what, options, stream, told) => {
      const session: { interrupt?: () => void } = {}
      const target = await origin({ onEvent: (count) => count === 80 && session.interrupt?.() })
      const args = [
        `${target.url}/events`,
        '--poll',
        '50ms',
        ...triggerOf(target),
        '--events',
        '400',
        '--gap',
        '10ms',
      ]
      const started = bench.start(['bench', ...args], options)
      session.interrupt = () => started.interrupt()
      expect(await started.status).toBe(130)
      const [, , happened] = told.exec(started[stream].text()) ?? []
      expect(Number(happened)).toBeGreaterThan(40)
      expect(Number(happened)).toBeLessThan(80)
      expect(started.stdout.text()).toMatch(/poll 50 ms/)
    },
  )

  test('a target that dies half-way: what was seen until then, and a failure', async () => {
    const target = await origin({ diesAfter: 30 })
    const { status, stdout, stderr } = await bench.run([
      'bench',
      `${target.url}/events`,
      '--json',
      '--poll',
      '50ms',
      ...triggerOf(target),
      '--events',
      '500',
      '--gap',
      '20ms',
    ])
    expect(status).toBe(1)
    expect(stderr).toMatch(/the target stopped taking triggers \(.*\): see whether it still runs/)
    expect(resultOf(stdout)).toMatchObject({ interrupted: true })
    expect(resultOf(stdout).modes['poll.50ms']?.detected).toBeGreaterThan(5)
  })

  test.each([
    [
      'nobody listens',
      (): string[] => ['http://127.0.0.1:1/', '--trigger', 'POST http://127.0.0.1:1/ {id}'],
      /cannot poll http:\/\/127\.0\.0\.1:1\/\n  refused/,
    ],
    [
      'the trigger is refused',
      ({ url }: BenchOrigin): string[] => [`${url}/events`, '--trigger', `POST ${url}/nowhere {id}`],
      /the trigger makes no event: http.*\/nowhere\n  it answers 404/,
    ],
    [
      'the subscription is refused',
      (target: BenchOrigin): string[] => [`${target.url}/events`, ...triggerOf(target), ...hooksOf(target)],
      /the subscription was not taken: http.*\/hooks\n  it answers 401\n  \$ webhook-cli bench … --header/,
    ],
  ])('%s: exit 1 before the run', async (_what, argsOf, message) => {
    const target = await origin({ subscribeStatus: 401 })
    const { status, stderr } = await bench.run(['bench', ...argsOf(target), '--poll', '50ms', ...SHORT])
    expect(stderr).toMatch(message)
    expect(status).toBe(1)
  })

  test.each([
    [['http://127.0.0.1:1/'], 'nothing makes an event'],
    [['http://127.0.0.1:1/', '--trigger', 'POST http://127.0.0.1:1/ {}'], 'events cannot be told apart'],
    [['--poll', '1ms'], 'an interval of 10ms or more'],
    [['--quick', '--thorough'], 'contradict each other'],
    [['--backoff', '1s,2'], 'first,factor,longest'],
    [['--assert', 'webhok.p50<1ms'], '--assert'],
    [['--arrivals', 'daily'], 'poisson, stratified, periodic or trace:FILE'],
    [['--gap', '0ms'], '--gap: "0ms" is not more than 0'],
    [['explain', '--gap', '0s'], '--gap: "0s" is not more than 0'],
  ])('%j: exit 2, nothing started', async (args, message) => {
    const { status, stderr } = await bench.run(['bench', ...args])
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)])
  })
})

describe('R-BEN-1: other machines', () => {
  const REMOTE = ['bench', 'http://192.0.2.1/events', '--trigger', 'POST http://192.0.2.1/events {id}']

  test.each([
    ['without --allow-remote', REMOTE, /192\.0\.2\.1 is another machine/],
    [
      'polled more often than once a second',
      [...REMOTE, '--allow-remote', '--poll', '500ms'],
      /not polled more often than once a second/,
    ],
    [
      'with more requests than the cap',
      [...REMOTE, '--allow-remote', '--events', '1000'],
      /at most 500 are allowed/,
    ],
    ['with nobody to agree', [...REMOTE, '--allow-remote'], /nobody is here to agree/],
  ])('%s: exit 2, nothing sent', async (_what, args, message) => {
    const { status, stderr } = await bench.run(args)
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)])
  })

  test('on a terminal the plan is shown, and a no sends nothing', async () => {
    const { status, stderr } = await bench.run([...REMOTE, '--allow-remote'], {
      columns: 80,
      type: 'n',
      env: { NO_COLOR: '1' },
    })
    expect(stderr).toMatch(
      /Plan {3}about \d+ requests to 192\.0\.2\.1 in [\d.]+ s, 42 triggers among them; never more than 500/,
    )
    expect([status, stderr]).toEqual([0, expect.stringContaining('nothing was sent')])
  })

  test('a name of this machine that leads elsewhere is refused when it is looked up', async () => {
    const { status, stderr } = await bench.run([
      'bench',
      'http://169.254.169.254/',
      '--trigger',
      'POST http://169.254.169.254/ {id}',
      '--allow-remote',
      '--yes',
    ])
    expect([status, stderr]).toEqual([1, expect.stringContaining('metadata service')])
  })
})

test('no report repeats a credential that was typed: of a URL, a header, a trigger or a subscription', async () => {
  const target = await origin()
  const { status, stdout, stderr } = await bench.run([
    'bench',
    `${target.url}/events?api_key=hunter2`,
    '--json',
    '--poll',
    '50ms',
    '-H',
    'Authorization: Bearer hunter2',
    '-H',
    'X-Acme: hunter2 env:HOME',
    '--trigger',
    `POST ${target.url}/events?token=hunter2 ${MARKED}`,
    '--webhook',
    '--subscribe',
    `POST ${target.url}/hooks {"url":"{webhookUrl}","secret":"hunter2"}`,
    ...SHORT,
    '--out',
    'told',
  ])
  expect(status, stderr).toBe(0)
  const folder = join(bench.home, 'told')
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  expect(files).toHaveLength(4)
  for (const text of [stdout, stderr, ...files]) expect(text).not.toContain('hunter2')
  const { argv, target: told } = resultOf(stdout)
  expect(argv).toContain(`${target.url}/events?api_key=redacted`)
  expect(argv).toContain(`POST ${target.url}/hooks {"url":"{webhookUrl}","secret":"redacted"}`)
  expect(told).toMatchObject({ trigger: `POST ${target.url}/events?token=redacted` })
})

describe('checks and files', () => {
  test('an assertion that does not hold ends with 6, one that holds with 0', async () => {
    const args = ['bench', '--poll', '100ms', '--sse', '--quick', '--json', ...SHORT]
    const failed = await bench.run([...args, '--assert', 'sse.missed==0', '--assert', 'poll.mean<1ms'])
    expect(failed.status).toBe(6)
    expect(resultOf(failed.stdout).assertions).toMatchObject([{ pass: true }, { pass: false }])
    expect(failed.stderr).toMatch(/poll\.mean<1ms does not hold: \d+(?:\.\d+)? \[\d.*\d\] ms \(95 % CI\)/)
    const { status } = await bench.run([...args, '--assert', 'sse.missed==0'])
    expect(status).toBe(0)
  })

  test('a folder of reports, and a comparison with the earlier of them', async () => {
    const args = ['bench', '--poll', '100ms', '--quick', ...SHORT]
    const first = await bench.run([...args, '--seed', 'old', '--out', 'reports'])
    expect(first.status, first.stderr).toBe(0)
    const files = readdirSync(join(bench.home, 'reports')).toSorted()
    expect(files).toEqual(['bench-old.csv', 'bench-old.html', 'bench-old.json', 'bench-old.md'])
    expect(readFileSync(join(bench.home, 'reports', 'bench-old.html'), 'utf8')).toMatch(/^<!doctype html>/i)
    const second = await bench.run([...args, '--seed', 'new', '--compare', 'reports/bench-old.json'])
    expect(second.stderr).toMatch(/no clear difference|quicker|slower/)
  })

  test('explain puts the numbers in and sends nothing', async () => {
    const { status, stdout } = await bench.run(['bench', 'explain', '--poll', '60s', '--gap', '1h'])
    expect([status, stdout]).toEqual([
      0,
      expect.stringContaining('poll every 60 s with 1 event an hour wastes 98.3 % of its requests'),
    ])
  })
})

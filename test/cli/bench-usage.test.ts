import { afterAll, describe, expect, test } from 'vitest'
import { createBench } from '../helpers/cli.ts'

const bench = createBench()
afterAll(() => bench.remove())

const URL = 'http://127.0.0.1:1/events'
const TRIGGER = ['--trigger', 'POST http://127.0.0.1:1/events {"ref":"{id}"}']

describe('a command line that makes no sense: what is wrong, why, and what to type', () => {
  test.each([
    [[URL], 'nothing makes an event', '--observe-only: somebody else does', '--trigger '],
    [
      [URL, ...TRIGGER, '--observe-only'],
      '--trigger and --observe-only contradict each other',
      '--trigger: a request of ours',
      '--trigger ',
    ],
    [
      [URL, '--observe-only'],
      '--observe-only cannot tell events apart',
      '--id says where',
      "--observe-only --id '/items/*/id'",
    ],
    [
      [URL, '--trigger', 'POST http://127.0.0.1:1/ {}'],
      'events cannot be told apart',
      'put {id} into the trigger',
      "--id '/items/*/id'",
    ],
    [[...TRIGGER, '--poll', '1s'], 'there is no URL to poll', '', 'https://example.com/events --poll 1s'],
    [[URL, ...TRIGGER, '--ws'], '--ws has no URL', 'only of the sample service', '--ws ws://'],
    [
      ['http://192.0.2.1/', ...TRIGGER],
      '192.0.2.1 is another machine',
      'only if it is yours to ask',
      '--allow-remote',
    ],
    [
      ['http://192.0.2.1/', ...TRIGGER, '--allow-remote', '--poll', '100ms'],
      '192.0.2.1 is another machine',
      'not polled more often than once a second',
      '--poll 1s,5s',
    ],
    [
      ['http://192.0.2.1/', ...TRIGGER, '--allow-remote', '--events', '900'],
      'and at most 500 are allowed',
      'fewer --events or longer intervals',
      '--max-requests ',
    ],
    [
      ['http://192.0.2.1/', ...TRIGGER, '--allow-remote'],
      'nobody is here to agree to',
      '--yes agrees beforehand',
      '--yes',
    ],
  ])('%j', async (args, message, why, command) => {
    const { status, stdout, stderr } = await bench.run(['bench', ...args])
    expect([status, stdout]).toEqual([2, ''])
    const errors = stderr.slice(stderr.indexOf('error:'))
    expect(errors).toMatch(/^error: .*\n(?: {2}.*\n)*(?: {2}\$ webhook-cli bench .*\n)+$/)
    for (const words of [message, why, command]) expect(errors).toContain(words)
  })

  test.each([
    [['--webhook', ...TRIGGER, '--webhook-listen', 'abc'], '--webhook-listen: "abc" is not a port, or'],
    [['--events', '200000'], '--events: "200000" is not a number up to 100000'],
    [['--subscribers', '900'], '--subscribers: "900" is not a number up to 200'],
    [['--assert', 'webhok.p50<1ms'], '"webhok.p50<1ms" is not about one of poll, conditional'],
    [['--assert', 'webhook.speed<1ms'], 'is not about one of the figures mean, p50'],
  ])('%j', async (args, message) => {
    const { status, stderr } = await bench.run(['bench', ...args])
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)])
  })

  test('a target that does not answer is named without the credentials in its URL', async () => {
    const { status, stderr } = await bench.run(['bench', `${URL}?page=2&token=hunter2`, ...TRIGGER])
    expect([status, stderr]).toEqual([1, expect.stringContaining(`${URL}?page=2&token=redacted`)])
    expect(stderr).not.toContain('hunter2')
  })

  test('on a terminal of 60 columns the words are broken between words, and what is to be typed is whole', async () => {
    const { stderr } = await bench.run(['bench', URL], { columns: 60, env: { NO_COLOR: '1' } })
    expect(stderr.split('\n').filter((line) => line.length > 60)).toEqual([
      `  $ webhook-cli bench … --trigger 'POST https://example.com/orders {"ref":"{id}"}'`,
    ])
    expect(stderr).toMatch(/^ {2}--trigger: a request of ours;.*\n {2}\S.*somebody else does$/m)
  })

  test('a condition on a mode that is not run is told before the run, not after it', async () => {
    const began = performance.now()
    const { status, stderr } = await bench.run([
      'bench',
      '--poll',
      '100ms,500ms',
      '--assert',
      'poll.2s.mean<5ms',
    ])
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('"poll.2s.mean<5ms" is not about one mode of this run: poll.100ms, poll.500ms'),
    ])
    expect(performance.now() - began).toBeLessThan(5000)
  })

  test.each([
    [
      ['--quick'],
      'webhook.p90<20ms',
      'webhook.p90<20ms takes 36 events, and webhook would have 16',
      '--events 144',
    ],
    [
      ['--poll', '1s', '--events', '50'],
      'poll.1s.p99<2s',
      'takes 368 events, and poll.1s would have 50',
      '--events 368',
    ],
  ])(
    'a condition that so few events cannot answer is told before the run: %s',
    async (args, expr, told, next) => {
      const { status, stderr } = await bench.run(['bench', ...args, '--assert', expr])
      expect([status, stderr]).toEqual([2, expect.stringContaining(told)])
      expect(stderr).toContain(`$ webhook-cli bench … ${next} --assert '${expr}'`)
    },
  )
})

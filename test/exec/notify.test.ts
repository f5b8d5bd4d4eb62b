import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { Notifier } from '../../src/core/notice.ts'
import { openNotifier } from '../../src/exec/notify.ts'
import { PAYLOADS } from '../ui/hostile.ts'
import { BASE, hurried, inParallel } from './runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'webhook-notify-'))
afterAll(() => rmSync(folder, { recursive: true }))
const tools = join(folder, 'bin')
const said = join(folder, 'said')
/** Notes its arguments and what it is told by variables, each with a NUL behind it. */
const RECORDER = `#!/bin/sh
printf '%s\\0' "$#" "$@" "$WEBHOOK_NOTICE_TITLE" "$WEBHOOK_NOTICE_TEXT" >> '${said}'
`

function install(tool: string, script: string): void {
  mkdirSync(tools, { recursive: true })
  writeFileSync(join(tools, tool), script)
  chmodSync(join(tools, tool), 0o755)
}

function notifier(platform: string, path = `${tools}${delimiter}${BASE['PATH'] ?? ''}`): Notifier {
  return openNotifier({
    clock: hurried(10),
    platform,
    cwd: folder,
    env: { ...BASE, PATH: path },
    kill: (pid, signal) => process.kill(pid, signal),
    groups: new Set(),
  })
}

function recorded(): string[] {
  const words = readFileSync(said, 'utf8').split('\0').slice(0, -1)
  rmSync(said)
  return words
}

beforeEach(() => rmSync(tools, { recursive: true, force: true }))

describe('each platform’s own program is given title and text', () => {
  const notice = { title: 'GitHub push', text: '-h "a" $(b) `c` \\ %d% \' end' }

  test('notify-send: two arguments after --, the text without markup', async () => {
    install('notify-send', RECORDER)
    const outcome = await notifier('linux').notify({
      ...notice,
      text: '--urgency=critical <b>a</b> & <img src="x"/>',
    })
    expect(outcome).toEqual({ kind: 'shown' })
    expect(recorded()).toEqual([
      '4',
      '--app-name=webhook-cli',
      '--',
      'GitHub push',
      '--urgency=critical &lt;b&gt;a&lt;/b&gt; &amp; &lt;img src="x"/&gt;',
      '',
      '',
    ])
  })

  test('osascript: arguments of a script that is always the same', async () => {
    install('osascript', RECORDER)
    expect(await notifier('darwin').notify(notice)).toEqual({ kind: 'shown' })
    const words = recorded()
    expect(words.slice(0, 10)).toEqual([
      '9',
      '-e',
      'on run argv',
      '-e',
      'display notification (item 2 of argv) with title (item 1 of argv)',
      '-e',
      'end run',
      '--',
      notice.title,
      notice.text,
    ])
  })

  test('powershell: variables of a script that is always the same', async () => {
    const scripts = new Set<string>()
    for (const text of [notice.text, "'); calc; ('"]) {
      await notifier('win32').notify({ ...notice, text })
      expect(existsSync(said)).toBe(false)
      install('powershell.exe', RECORDER)
      expect(await notifier('win32').notify({ ...notice, text })).toEqual({ kind: 'shown' })
      const words = recorded()
      expect(words.slice(0, 4)).toEqual(['4', '-NoProfile', '-NonInteractive', '-Command'])
      expect(words.slice(5)).toEqual([notice.title, text])
      scripts.add(words[4] ?? '')
      rmSync(tools, { recursive: true })
    }
    expect(scripts.size).toBe(1)
  })
})

test('hostile words stay one argument each, in one visible line of at most 200 characters', async () => {
  install('notify-send', RECORDER)
  const hostile = [
    ...PAYLOADS,
    '\0',
    '--',
    '-t 0',
    'x'.repeat(5000),
    '👍'.repeat(300),
    '\u202e\n'.repeat(300),
  ]
  const raised = notifier('linux')
  await inParallel(hostile.length, 1, async (i) => {
    const text = hostile[i] ?? ''
    expect(await raised.notify({ title: text, text })).toEqual({ kind: 'shown' })
  })
  const words = recorded()
  expect(words).toHaveLength(hostile.length * 7)
  for (let i = 0; i < hostile.length; i++) {
    const [count, , end, title = '', text = ''] = words.slice(7 * i, 7 * i + 7)
    expect([count, end]).toEqual(['4', '--'])
    expect(title + text).not.toMatch(
      /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u,
    )
    expect(Array.from(title).length).toBeLessThanOrEqual(200)
  }
  console.log(`notifications: ${hostile.length} hostile titles and texts, each one argument`)
})

describe('where none can be shown the caller is told why', () => {
  test('there is no such program', async () => {
    const outcome = await notifier('linux', folder).notify({ title: 'a', text: 'b' })
    expect(outcome).toEqual({ kind: 'no-tool', tool: 'notify-send' })
  })

  test('it fails', async () => {
    install('notify-send', '#!/bin/sh\necho "no bus" >&2; exit 1\n')
    const outcome = await notifier('linux').notify({ title: 'a', text: 'b' })
    expect(outcome).toEqual({ kind: 'failed', tool: 'notify-send', status: 1 })
  })

  test('it hangs', async () => {
    install('notify-send', '#!/bin/sh\nexec sleep 1000\n')
    const outcome = await notifier('linux').notify({ title: 'a', text: 'b' })
    expect(outcome).toEqual({ kind: 'failed', tool: 'notify-send', status: 'SIGTERM' })
  })
})

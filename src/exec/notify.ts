import { abortWatcher } from '../core/abort.ts'
import type { Notice, Notifier } from '../core/notice.ts'
import type { Invocation } from './invocation.ts'
import type { ExecutorOptions } from './runner.ts'
import { runProcess } from './child.ts'

/** Longest title and text, in characters. */
const MAX_CHARACTERS = 200
/** A desktop whose notification service hangs is not waited for longer, in milliseconds. */
const PATIENCE_MS = 5000

interface Tool extends Invocation {
  readonly env?: Readonly<Record<string, string>>
}

/** Shows notifications by the platform's own program. Their words are arguments or variables, never code. */
export function openNotifier(options: ExecutorOptions): Notifier {
  const deps = { ...options, onAbort: abortWatcher() }
  return {
    async notify({ title, text }) {
      const tool = toolFor(options.platform, { title: plain(title), text: plain(text) })
      const input = { env: { ...options.env, ...tool.env }, stdin: new Uint8Array() }
      const { status } = await runProcess(tool, input, { timeoutMs: PATIENCE_MS }, deps)
      if (status === 0) return { kind: 'shown' }
      return status === 'ENOENT'
        ? { kind: 'no-tool', tool: tool.file }
        : { kind: 'failed', tool: tool.file, status }
    },
  }
}

function toolFor(platform: string, notice: Notice): Tool {
  if (platform === 'darwin') return osascript(notice)
  if (platform === 'win32') return powershell(notice)
  // freedesktop.org's notification service, wherever there is X or Wayland.
  const args = ['--app-name=webhook-cli', '--', notice.title, withoutMarkup(notice.text)]
  return { file: 'notify-send', args, verbatim: false }
}

const APPLESCRIPT = [
  'on run argv',
  'display notification (item 2 of argv) with title (item 1 of argv)',
  'end run',
]

function osascript({ title, text }: Notice): Tool {
  const script = APPLESCRIPT.flatMap((line) => ['-e', line])
  return { file: 'osascript', args: [...script, '--', title, text], verbatim: false }
}

/** A toast of PowerShell's own: one of ours would need an installed shortcut. */
const POWERSHELL = [
  '$null = [Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime]',
  '$xml = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent(1)',
  "$lines = $xml.GetElementsByTagName('text')",
  '$null = $lines.Item(0).AppendChild($xml.CreateTextNode($env:WEBHOOK_NOTICE_TITLE))',
  '$null = $lines.Item(1).AppendChild($xml.CreateTextNode($env:WEBHOOK_NOTICE_TEXT))',
  "$id = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe'",
  '[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier($id).Show($xml)',
].join('; ')

function powershell({ title, text }: Notice): Tool {
  return {
    file: 'powershell.exe',
    args: ['-NoProfile', '-NonInteractive', '-Command', POWERSHELL],
    verbatim: false,
    env: { WEBHOOK_NOTICE_TITLE: title, WEBHOOK_NOTICE_TEXT: text },
  }
}

/** One line without characters that act on the reader instead of being seen. */
function plain(text: string): string {
  const visible = text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[\p{Cs}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu, '')
  const characters = Array.from(visible.trim())
  if (characters.length <= MAX_CHARACTERS) return characters.join('')
  return `${characters.slice(0, MAX_CHARACTERS - 1).join('')}…`
}

/** The service takes tags and entities in the text, links and pictures among them. */
function withoutMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

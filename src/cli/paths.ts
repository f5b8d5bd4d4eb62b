import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** Where things are kept, by the rules of the system. */
export interface Paths {
  readonly store: string
  /** Things of ours that are not captures: our own certificate. */
  readonly stateDir: string
  readonly userSettings: string
  readonly home: string
}

/** XDG base directories; on Windows the known folders. The variables win where they are set and absolute. */
export function findPaths(env: Readonly<Record<string, string | undefined>>, platform: string): Paths {
  const home = env['HOME'] || homedir()
  if (platform === 'win32') {
    const stateDir = join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'webhook-cli')
    const roaming = env['APPDATA'] || join(home, 'AppData', 'Roaming')
    return {
      home,
      stateDir,
      store: join(stateDir, 'requests.db'),
      userSettings: env['WEBHOOK_CLI_CONFIG'] || join(roaming, 'webhook-cli', 'config.json'),
    }
  }
  const base = (name: string, fallback: string): string => {
    const value = env[name]
    // The specification: a relative path in these variables is invalid and to be ignored.
    return join(value?.startsWith('/') === true ? value : join(home, fallback), 'webhook-cli')
  }
  const stateDir = base('XDG_STATE_HOME', '.local/state')
  return {
    home,
    stateDir,
    store: join(stateDir, 'requests.db'),
    userSettings: env['WEBHOOK_CLI_CONFIG'] || join(base('XDG_CONFIG_HOME', '.config'), 'config.json'),
  }
}

/** `webhook-cli.json` here and in each parent folder, the nearest first. */
export function projectSettingsCandidates(cwd: string): string[] {
  const candidates: string[] = []
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    candidates.push(join(folder, 'webhook-cli.json'))
    if (folder === dirname(folder)) return candidates
  }
}

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findPaths } from '../../src/cli/paths.ts'

const HOME = '/home/ada'

describe('where things are kept', () => {
  test('on Windows in the known folders, and without their variables where these usually are', () => {
    const env = { HOME, LOCALAPPDATA: '/local', APPDATA: '/roaming', XDG_STATE_HOME: '/xdg' }
    expect(findPaths(env, 'win32')).toEqual({
      home: HOME,
      stateDir: join('/local', 'webhook-cli'),
      store: join('/local', 'webhook-cli', 'requests.db'),
      userSettings: join('/roaming', 'webhook-cli', 'config.json'),
    })
    expect(findPaths({ HOME }, 'win32').userSettings).toBe(
      join(HOME, 'AppData', 'Roaming', 'webhook-cli', 'config.json'),
    )
  })

  test.each(['linux', 'darwin', 'win32'])('on %s WEBHOOK_CLI_CONFIG names the settings file', (platform) => {
    expect(findPaths({ HOME, WEBHOOK_CLI_CONFIG: '/my/own.json' }, platform).userSettings).toBe(
      '/my/own.json',
    )
  })

  test.each(['linux', 'darwin'])(
    'on %s by XDG, whose variables count where they are absolute',
    (platform) => {
      const env = { HOME, XDG_STATE_HOME: '/state', XDG_CONFIG_HOME: 'relative' }
      expect(findPaths(env, platform)).toMatchObject({
        store: '/state/webhook-cli/requests.db',
        userSettings: `${HOME}/.config/webhook-cli/config.json`,
      })
    },
  )
})

import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')

interface LockEntry {
  readonly dev?: boolean
  readonly devOptional?: boolean
  readonly hasInstallScript?: boolean
  readonly resolved?: string
}

const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, LockEntry>
}
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>
  optionalDependencies: Record<string, string>
  scripts: Record<string, string>
}

test('the packed files are on the list of what users need, and nothing else', () => {
  const report = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [packed] = JSON.parse(report) as [{ files: { path: string }[] }]
  const paths = packed.files.map(({ path }) => path)
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )
  const expected = [
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'bin/help.txt',
    'bin/webhook-cli.cjs',
    'package.json',
    ...sources.flatMap((name) => {
      const module = name.replaceAll('\\', '/').replace(/\.ts$/, '')
      // The table is packed as one module: ninety small files would each be opened at every start.
      const bundled = module.startsWith('providers/table/') && module !== 'providers/table/index'
      return bundled ? [`dist/${module}.d.ts`] : [`dist/${module}.js`, `dist/${module}.d.ts`]
    }),
  ]
  expect(paths.toSorted()).toEqual(expected.toSorted())
})

test('R-SUP-1: no runtime dependency has an install script, and they are few', () => {
  const runtime = Object.entries(lock.packages).filter(([path, entry]) => path !== '' && entry.dev !== true)
  const scripted = runtime.filter(([, entry]) => entry.hasInstallScript === true).map(([path]) => path)
  expect(scripted).toEqual([])
  const direct = Object.keys(manifest.dependencies)
  console.log(
    `R-SUP-1: ${direct.length} direct, ${runtime.length} in all with every platform's binaries, ${scripted.length} with install scripts`,
  )
  expect(direct.toSorted()).toEqual([
    '@hono/node-server',
    '@marcbachmann/cel-js',
    'chalk',
    'cli-table3',
    'commander',
    'hono',
    'node-forge',
    'ora',
    'undici',
    'ws',
  ])
  expect(Object.keys(manifest.optionalDependencies)).toEqual(['libsql'])
  expect(runtime.length).toBeLessThan(60)
})

test('the lock file names no download address', () => {
  expect(Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined)).toEqual([])
})

test('installing runs nothing of ours but the build', () => {
  const lifecycle = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'postprepare']
  expect(Object.keys(manifest.scripts).filter((name) => lifecycle.includes(name))).toEqual([])
  expect(manifest.scripts['prepare']).toBe('npm run build')
})

test('the top level holds what it should', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n')
  const top = new Set(tracked.map((path) => path.split('/')[0] ?? ''))
  const visible = [...top].filter((name) => !name.startsWith('.'))
  expect(visible.toSorted()).toEqual(
    [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'bin',
      'package-lock.json',
      'package.json',
      'src',
      'test',
      'tsconfig.json',
    ].toSorted(),
  )
})

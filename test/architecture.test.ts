import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const SRC = join(import.meta.dirname, '..', 'src')

interface Import {
  readonly file: string
  readonly specifier: string
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replaceAll('\\', '/'))
  .toSorted()

/** Static imports and exports, type imports and dynamic imports: all of them count. */
function importsOf(file: string): Import[] {
  const found = codeOf(file).matchAll(
    /^(?:import|export|\})[^'\n]*\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm,
  )
  return Array.from(found, ([, from, bare, dynamic]) => ({ file, specifier: from ?? bare ?? dynamic ?? '' }))
}

/** A file's text without comments, and without the words of templates: some write code for the user. */
function codeOf(file: string): string {
  return readFileSync(join(SRC, file), 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '')
    .replaceAll(/`(?:\\[\s\S]|[^`\\])*`/g, (template) =>
      Array.from(template.matchAll(/\$\{([^}]*)\}/g), ([, inserted]) => `(${inserted})`).join(' '),
    )
}

const imports = files.flatMap(importsOf)

/** The folder directly under src that a file or an import belongs to; a file at the top is its own floor. */
function floorOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : path
}

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  providers: ['core'],
  store: ['core'],
  http: ['core'],
  exec: ['core'],
  service: ['core'],
  ui: ['core'],
  app: ['providers', 'core'],
  cli: ['app', 'ui', 'providers', 'core'],
}
/** The roots join the floors and may import all of them. */
const ROOTS = ['main.ts', 'compose.ts', 'index.ts']

describe('floors', () => {
  test('the test sees the imports', () => {
    expect(files.length).toBeGreaterThan(30)
    expect(imports).toContainEqual({ file: 'app/listen.ts', specifier: '../core/glob.ts' })
    expect(imports).toContainEqual({ file: 'compose.ts', specifier: './http/receiver.ts' })
  })

  test('imports go down only', () => {
    const breaches = imports.filter(({ file, specifier }) => {
      if (!specifier.startsWith('.') || ROOTS.includes(file)) return false
      const to = floorOf(relative(SRC, join(SRC, dirname(file), specifier)).replaceAll('\\', '/'))
      const from = floorOf(file)
      return to !== from && MAY_IMPORT[from]?.includes(to) !== true
    })
    expect(breaches).toEqual([])
  })

  test('core uses crypto, zlib and url of Node, and no package', () => {
    const allowed = ['node:crypto', 'node:zlib', 'node:url']
    const breaches = imports.filter(
      ({ file, specifier }) =>
        floorOf(file) === 'core' && !specifier.startsWith('.') && !allowed.includes(specifier),
    )
    expect(breaches).toEqual([])
  })

  test('each third-party package has one home', () => {
    const homes: Readonly<Record<string, RegExp>> = {
      commander: /^cli\//,
      chalk: /^ui\/theme\.ts$/,
      ora: /^ui\/progress\.ts$/,
      'cli-table3': /^ui\/table\.ts$/,
      undici: /^http\//,
      ws: /^(?:http|service)\//,
      libsql: /^store\/sqlite-driver\.ts$/,
      'node:sqlite': /^store\/sqlite-driver\.ts$/,
      'node-forge': /^http\/certificate\.ts$/,
      '@marcbachmann/cel-js': /^app\/where\.ts$/,
      hono: /^service\//,
      '@hono/node-server': /^service\//,
      '@hono/node-server/utils/response': /^service\/stream\.ts$/,
    }
    const packages = imports.filter(
      ({ specifier }) =>
        !specifier.startsWith('.') && (!specifier.startsWith('node:') || specifier === 'node:sqlite'),
    )
    const strangers = packages.filter(({ file, specifier }) => homes[specifier]?.test(file) !== true)
    expect(strangers).toEqual([])
    expect(new Set(packages.map(({ specifier }) => specifier))).toContain('commander')
  })
})

describe('everything outside comes in as an argument', () => {
  const AT_THE_EDGE = ['main.ts', 'ui/io.ts']

  test.each([
    'process',
    'console',
    'Date.now',
    'Math.random',
    'setTimeout',
    'setInterval',
    'performance.now',
  ])('%s appears only in main and ui/io', (name) => {
    const use = new RegExp(`(?<![\\w.'"\`-])${name.replace('.', '\\.')}(?=[.(\\[])`)
    const users = files.filter((file) => {
      return use.test(codeOf(file).replaceAll(/'(?:\\.|[^'\\\n])*'/g, "''"))
    })
    expect(users.filter((file) => !AT_THE_EDGE.includes(file))).toEqual([])
  })
})

test('nothing evaluates text as code', () => {
  const users = files.filter((file) =>
    /\beval\(|new Function\(|node:vm|from 'vm'/.test(readFileSync(join(SRC, file), 'utf8')),
  )
  expect(users).toEqual([])
})

/** How a program is started. Node's own `shell` option is never used: it glues arguments to a line (DEP0190). */
export interface Invocation {
  readonly file: string
  readonly args: readonly string[]
  /** Windows only: the arguments are passed on unquoted. */
  readonly verbatim: boolean
}

/** A batch file that was to be started without a shell. */
export const NEEDS_SHELL = 'NEEDS_SHELL'

/**
 * The program to start for a command, or why there is none. Windows hands a batch file to cmd.exe, which expands
 * `%NAME%`, `&` and `|` in its arguments however they are quoted (CVE-2024-27980): only a shell that was asked for
 * may do that. A name that ends in dots or blanks is the same file there.
 */
export function invocationOf(
  command: readonly string[],
  shell: boolean,
  platform: string,
  env: Readonly<Record<string, string | undefined>>,
): Invocation | typeof NEEDS_SHELL {
  const [file = '', ...args] = command
  if (!shell) {
    const isBatch = platform === 'win32' && /\.(?:bat|cmd)[. ]*(?::.*)?$/i.test(file)
    return isBatch ? NEEDS_SHELL : { file, args, verbatim: false }
  }
  if (platform !== 'win32') return { file: '/bin/sh', args: ['-c', file], verbatim: false }
  return { file: env['ComSpec'] ?? 'cmd.exe', args: ['/d', '/s', '/c', `"${file}"`], verbatim: true }
}

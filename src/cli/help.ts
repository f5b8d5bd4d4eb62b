import { readFileSync } from 'node:fs'

/** What `webhook-cli` alone says. Its text lies beside the executable, which prints it without loading anything. */
export function mainHelp(version: string): string {
  return readFileSync(new URL('../../bin/help.txt', import.meta.url), 'utf8').replace('{version}', version)
}

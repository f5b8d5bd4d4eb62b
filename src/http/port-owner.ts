import { readFileSync, readdirSync, readlinkSync } from 'node:fs'

/**
 * Which program listens on a TCP port, as `node (pid 41207)`. Linux only, and only for processes that we may look
 * into; undefined otherwise. Reads /proc: the fourth column of /proc/net/tcp is the state (0A: LISTEN), the tenth
 * the socket's inode, which some /proc/<pid>/fd/<n> links to.
 */
export function portOwner(port: number): string | undefined {
  try {
    const inodes = listeningInodes(port)
    if (inodes.size === 0) return undefined
    for (const pid of readdirSync('/proc')) {
      if (/^\d+$/.test(pid) && holdsOneOf(pid, inodes)) {
        return `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (pid ${pid})`
      }
    }
  } catch {
    // No /proc here: the message does without.
  }
  return undefined
}

function listeningInodes(port: number): Set<string> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const inodes = new Set<string>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readFileSync(table, 'utf8').split('\n')) {
      const columns = line.trim().split(/\s+/)
      if (columns[1]?.endsWith(wanted) === true && columns[3] === '0A')
        inodes.add(`socket:[${columns[9] ?? ''}]`)
    }
  }
  return inodes
}

function holdsOneOf(pid: string, sockets: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => sockets.has(linkOf(`/proc/${pid}/fd/${fd}`)))
  } catch {
    // Another user's process, or one that has just ended.
    return false
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

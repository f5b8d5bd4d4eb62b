import { AppError, EXIT } from '../../core/errors.ts'
import type { Query } from '../../core/query.ts'
import { formatCount } from '../../core/units.ts'
import { sanitizeLine, toJsonLine } from '../../ui/sanitize.ts'
import type { ClearFlags } from '../commands/clear.ts'
import { isAgreed } from '../confirm.ts'
import type { CliDeps } from '../deps.ts'
import { queryOf } from '../filter.ts'
import { openSession } from '../session.ts'

export async function runClear(flags: ClearFlags, deps: CliDeps): Promise<number> {
  const { io } = deps
  const query = await queryOf(flags, io.clock.now())
  const everything = Object.keys(query).length === 0
  if (flags.all === true && !everything) {
    throw new AppError('usage', { message: '--all and a filter contradict each other' })
  }
  const session = await openSession(flags, deps)
  const store = await session.openStore()
  try {
    const count = everything ? await store.count() : await countOf(query)
    const tell = (verb: string, number: number): void => {
      if (flags.json === true)
        io.stdout.write(
          toJsonLine({ v: 1, type: 'cleared', removed: flags.dryRun === true ? 0 : number, matched: number }),
        )
      else io.stderr.write(`${verb} ${formatCount(number, 'captured request')}\n`)
    }
    if (flags.dryRun === true) tell('would delete', count)
    else if (count === 0) tell('deleted', 0)
    else if (flags.yes === true || (await confirmed(count))) tell('deleted', await store.remove(query))
    else io.stderr.write('nothing deleted\n')
    return EXIT.ok
  } finally {
    await store.close()
  }

  async function countOf(filter: Query): Promise<number> {
    let count = 0
    for await (const _ of store.list(filter)) count++
    return count
  }

  async function confirmed(count: number): Promise<boolean> {
    if (!io.stdin.isTTY || !io.stderr.isTTY) throw new AppError('needs-confirmation', { count })
    const what = session.err.strong(formatCount(count, 'captured request'))
    return isAgreed(`delete ${what} from ${sanitizeLine(store.location)}?`, io)
  }
}

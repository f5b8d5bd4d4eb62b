import { AppError } from '../core/errors.ts'
import type { Query } from '../core/query.ts'
import { conditionOf } from './filter.ts'

/**
 * `event:invoice.*`, `path:/github/**`, `provider:stripe`, `method:PUT`, several of them, `where:<CEL>` at the end, or
 * `*` for any request.
 * @throws AppError `bad-value` or `bad-filter`
 */
export async function parseCondition(text: string, option: string): Promise<Query> {
  if (text === '*') return {}
  const where = /(?:^|\s)where:(.*)$/s.exec(text)
  const words = (where === null ? text : text.slice(0, where.index)).split(/\s+/).filter(Boolean)
  const parts = words.map((word): Query => {
    const [, key = '', value = ''] = /^(event|path|provider|method):(.+)$/.exec(word) ?? []
    switch (key) {
      case 'event':
        return { event: value }
      case 'path':
        return { path: value }
      case 'provider':
        return { provider: value }
      case 'method':
        return { method: value }
      default:
        throw new AppError('bad-value', {
          option,
          value: word,
          expected: 'event:GLOB, path:GLOB, provider:NAME, method:NAME, where:CEL or *',
        })
    }
  })
  if (where !== null) parts.push(await conditionOf((where[1] ?? '').trim(), option))
  if (parts.length === 0) throw new AppError('bad-value', { option, value: text, expected: 'a condition' })
  return parts.reduce((all, part) => ({ ...all, ...part }))
}

import type { Sample } from './types.ts'

/** Only says that there is something to fetch: https://airtable.com/developers/web/api/webhooks-overview */
export const samples: readonly Sample[] = [
  {
    event: 'notification',
    wire: null,
    summary: 'Something in a base was changed',
    body: { json: { base: { id: 'app{id:14}' }, webhook: { id: 'ach{id:14}' }, timestamp: '{now:iso}' } },
  },
]

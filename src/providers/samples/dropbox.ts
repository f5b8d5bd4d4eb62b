import type { Sample } from './types.ts'

/** Who has changed files, not which: https://www.dropbox.com/developers/reference/webhooks */
export const samples: readonly Sample[] = [
  {
    event: 'list_folder',
    summary: 'Somebody changed files',
    body: { json: { list_folder: { accounts: ['dbid:{id:35}'] }, delta: { users: ['{#int:8}'] } } },
  },
  {
    event: 'list_folder.several',
    wire: 'list_folder',
    summary: 'Several people changed files',
    body: {
      json: {
        list_folder: { accounts: ['dbid:{id:35}', 'dbid:{id:35}', 'dbid:{id:35}'] },
        delta: { users: ['{#int:8}', '{#int:8}', '{#int:8}'] },
      },
    },
  },
]

import type { Sample, Template } from './types.ts'

const USER: Template = { gid: '{int:15@user}', resource_type: 'user' }
const TASK: Template = { gid: '{int:15@task}', resource_type: 'task', resource_subtype: 'default_task' }

/** https://developers.asana.com/docs/webhooks-guide */
function asanaEvent(action: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event: `task.${action}`,
    summary,
    body: {
      json: { events: [{ user: USER, created_at: '{now:iso}', action, resource: TASK, ...more }] },
    },
  }
}

export const samples: readonly Sample[] = [
  asanaEvent('added', 'A task was put into a project', {
    parent: { gid: '{int:15@project}', resource_type: 'project' },
  }),
  asanaEvent('changed', 'A task was done', {
    parent: null,
    change: { field: 'completed', action: 'changed' },
  }),
  asanaEvent('deleted', 'A task was deleted', { parent: null }),
]

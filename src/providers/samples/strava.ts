import type { Sample, Template } from './types.ts'

/** https://developers.strava.com/docs/webhooks/ */
function stravaEvent(aspect: string, summary: string, updates: Template): Sample {
  return {
    event: `activity.${aspect}`,
    summary,
    body: {
      json: {
        aspect_type: aspect,
        event_time: '{#now:unix}',
        object_id: '{#int:11}',
        object_type: 'activity',
        owner_id: '{#int:8}',
        subscription_id: '{#int:6}',
        updates,
      },
    },
  }
}

export const samples: readonly Sample[] = [
  stravaEvent('create', 'Somebody uploaded an activity', {}),
  stravaEvent('update', 'An activity was renamed', { title: 'Along the harbour, with a mug' }),
  stravaEvent('delete', 'An activity was deleted', {}),
]

import type { Sample } from './types.ts'

/** A thin event, the object has to be fetched: https://platform.openai.com/docs/guides/webhooks */
function openaiEvent(event: string, summary: string, id: string): Sample {
  return {
    event,
    summary,
    body: {
      json: { id: 'evt_{hex:32}', object: 'event', created_at: '{#now:unix}', type: event, data: { id } },
    },
  }
}

export const samples: readonly Sample[] = [
  openaiEvent('response.completed', 'A response that ran in the background is ready', 'resp_{hex:48}'),
  openaiEvent('batch.completed', 'A batch is done', 'batch_{hex:32}'),
  openaiEvent('fine_tuning.job.succeeded', 'A model is trained', 'ftjob-{id:24}'),
]

import type { Sample, Template } from './types.ts'

/** https://replicate.com/docs/topics/webhooks: the prediction itself. */
function prediction(event: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        id: '{lower:26@prediction}',
        model: 'example/mug-painter',
        version: '{hex:64}',
        input: { prompt: 'A blue enamel mug on a harbour wall' },
        logs: '',
        output: null,
        data_removed: false,
        error: null,
        source: 'api',
        status: event,
        created_at: '{now:iso-1m}',
        started_at: '{now:iso-1m}',
        urls: {
          get: 'https://api.replicate.com/v1/predictions/{lower:26@prediction}',
          cancel: 'https://api.replicate.com/v1/predictions/{lower:26@prediction}/cancel',
        },
        ...more,
      },
    },
  }
}

export const samples: readonly Sample[] = [
  prediction('starting', 'A prediction was accepted', { started_at: null }),
  prediction('succeeded', 'A prediction is ready', {
    output: ['https://delivery.example.com/{id:20}/mug.png'],
    completed_at: '{now:iso}',
    metrics: { predict_time: 41.2 },
  }),
  prediction('failed', 'A prediction failed', {
    error: 'The prompt is too long.',
    completed_at: '{now:iso}',
    metrics: { predict_time: 0.4 },
  }),
]

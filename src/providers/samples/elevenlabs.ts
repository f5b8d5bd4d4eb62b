import type { Sample, Template } from './types.ts'

/** https://elevenlabs.io/docs/product-guides/administration/webhooks */
function elevenlabsEvent(event: string, summary: string, data: Template): Sample {
  return { event, summary, body: { json: { type: event, event_timestamp: '{#now:unix}', data } } }
}

export const samples: readonly Sample[] = [
  elevenlabsEvent('post_call_transcription', 'A call with your agent is over and written down', {
    agent_id: 'agent_{lower:26}',
    conversation_id: 'conv_{lower:26@conversation}',
    status: 'done',
    user_id: null,
    transcript: [
      { role: 'agent', message: 'Harbour Lane, how can I help?', tool_calls: null, time_in_call_secs: 0 },
      { role: 'user', message: 'Is the blue mug back in stock?', tool_calls: null, time_in_call_secs: 3 },
    ],
    metadata: {
      start_time_unix_secs: '{#now:unix-1m}',
      call_duration_secs: 42,
      cost: 296,
      termination_reason: 'The caller hung up',
    },
    analysis: {
      call_successful: 'success',
      transcript_summary: 'The caller asked whether the blue mug is in stock.',
      evaluation_criteria_results: {},
      data_collection_results: {},
    },
    conversation_initiation_client_data: { dynamic_variables: {} },
  }),
  elevenlabsEvent('voice_removal_notice', 'A voice that you use will be removed', {
    voice_id: '{id:20}',
    voice_name: 'Harbour narrator',
    removal_date_unix: '{#now:unix+30d}',
  }),
]

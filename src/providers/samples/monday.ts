import type { Sample, Template } from './types.ts'

/** https://developer.monday.com/api-reference/reference/webhooks */
function mondayEvent(event: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        event: {
          app: 'monday',
          type: event,
          triggerTime: '{now:iso}',
          subscriptionId: '{#int:9}',
          userId: '{#int:8}',
          originalTriggerUuid: null,
          boardId: '{#int:10@board}',
          groupId: 'topics',
          pulseId: '{#int:10@item}',
          pulseName: 'Photograph the blue mug',
          triggerUuid: '{hex:32}',
          ...more,
        },
      },
    },
  }
}

export const samples: readonly Sample[] = [
  mondayEvent('create_pulse', 'An item was created', {
    groupName: 'Spring sale',
    groupColor: '#579bfc',
    isTopGroup: true,
    columnValues: {},
  }),
  mondayEvent('update_column_value', 'A column of an item was changed', {
    columnId: 'status',
    columnType: 'color',
    columnTitle: 'Status',
    value: { label: { index: 1, text: 'Done', is_done: true }, post_id: null },
    previousValue: { label: { index: 0, text: 'Working on it', is_done: false }, post_id: null },
    changedAt: '{#now:unix}',
    isTopGroup: true,
  }),
  mondayEvent('create_update', 'Somebody wrote below an item', {
    body: '<p>With the harbour behind it, please.</p>',
    textBody: 'With the harbour behind it, please.',
    updateId: '{#int:10}',
    replyId: null,
  }),
]

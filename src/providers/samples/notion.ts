import type { Sample, Template } from './types.ts'

/** https://developers.notion.com/reference/webhooks-events-delivery */
function notionEvent(event: string, summary: string, entity: Template, data: Template): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        id: '{uuid}',
        timestamp: '{now:iso}',
        workspace_id: '{uuid}',
        workspace_name: 'Harbour Lane',
        subscription_id: '{uuid}',
        integration_id: '{uuid}',
        authors: [{ id: '{uuid}', type: 'person' }],
        attempt_number: 1,
        api_version: '2025-09-03',
        entity,
        type: event,
        data,
      },
    },
  }
}

const PAGE: Template = { id: '{uuid@page}', type: 'page' }
const PARENT: Template = { id: '{uuid@parent}', type: 'page' }

export const samples: readonly Sample[] = [
  notionEvent('page.created', 'A page was created', PAGE, { parent: PARENT }),
  notionEvent('page.content_updated', 'The text of a page was changed', PAGE, {
    parent: PARENT,
    updated_blocks: [{ id: '{uuid}', type: 'block' }],
  }),
  notionEvent(
    'comment.created',
    'Somebody commented on a page',
    { id: '{uuid}', type: 'comment' },
    {
      page_id: '{uuid@page}',
      parent: PAGE,
    },
  ),
]

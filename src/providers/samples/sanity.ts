import type { Sample, Template } from './types.ts'

interface Change {
  readonly event: string
  readonly summary: string
  readonly document: Readonly<Record<string, Template>>
}

/** The document itself unless the hook has a projection: https://www.sanity.io/docs/content-lake/webhooks */
function sanityEvent({ event, summary, document }: Change): Sample {
  return {
    event,
    summary,
    headers: {
      'sanity-document-id': '{uuid@document}',
      'sanity-dataset': 'production',
      'sanity-project-id': '{lower:8}',
      'sanity-transaction-id': '{id:22@revision}',
    },
    body: {
      json: {
        _id: '{uuid@document}',
        _rev: '{id:22@revision}',
        _createdAt: '{now:utc-9d}',
        _updatedAt: '{now:utc}',
        ...document,
      },
    },
  }
}

export const samples: readonly Sample[] = [
  sanityEvent({
    event: 'create',
    summary: 'A document was created',
    document: {
      _type: 'post',
      title: 'How enamel is made',
      slug: { _type: 'slug', current: 'how-enamel-is-made' },
      author: { _type: 'reference', _ref: '{uuid}' },
    },
  }),
  sanityEvent({
    event: 'update',
    summary: 'A document was changed: the time to build the site',
    document: { _type: 'product', name: 'Blue enamel mug', price: 15, stock: 18 },
  }),
]

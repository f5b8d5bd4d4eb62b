import type { Sample, Template } from './types.ts'

const MEMBER: Template = {
  id: '{hex:24@member}',
  activityBlocked: false,
  avatarUrl: 'https://avatar.example.com/priya',
  fullName: 'Priya Nair',
  initials: 'PN',
  username: 'priyanair',
}

const BOARD: Template = { id: '{hex:24@board}', name: 'Spring sale', shortLink: '{id:8@board}' }
const CARD: Readonly<Record<string, Template>> = {
  id: '{hex:24@card}',
  name: 'Photograph the blue mug',
  idShort: 42,
  shortLink: '{id:8@card}',
}

/** https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/ */
function trelloEvent(event: string, key: string, summary: string, data: Template): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        model: {
          id: '{hex:24@board}',
          name: 'Spring sale',
          desc: '',
          closed: false,
          idOrganization: '{hex:24}',
          pinned: false,
          url: 'https://trello.com/b/{id:8@board}/spring-sale',
          shortUrl: 'https://trello.com/b/{id:8@board}',
          prefs: { permissionLevel: 'org', voting: 'disabled', comments: 'members' },
          labelNames: { green: '', yellow: '', red: '' },
        },
        action: {
          id: '{hex:24@action}',
          idMemberCreator: '{hex:24@member}',
          data,
          appCreator: null,
          type: event,
          date: '{now:iso}',
          limits: null,
          display: { translationKey: key, entities: {} },
          memberCreator: MEMBER,
        },
        webhook: {
          id: '{hex:24}',
          description: 'storefront',
          idModel: '{hex:24@board}',
          callbackURL: 'https://shop.example.com/webhooks/trello',
          active: true,
          consecutiveFailures: 0,
          firstConsecutiveFailDate: null,
        },
      },
    },
  }
}

const TODO: Template = { id: '{hex:24@todo}', name: 'To do' }
const DONE: Template = { id: '{hex:24@done}', name: 'Done' }

export const samples: readonly Sample[] = [
  trelloEvent('createCard', 'action_create_card', 'A card was created', {
    board: BOARD,
    list: TODO,
    card: CARD,
  }),
  trelloEvent('updateCard', 'action_move_card_from_list_to_list', 'A card was moved to another list', {
    board: BOARD,
    listBefore: TODO,
    listAfter: DONE,
    card: { ...CARD, idList: '{hex:24@done}' },
    old: { idList: '{hex:24@todo}' },
  }),
  trelloEvent('commentCard', 'action_comment_on_card', 'Somebody commented on a card', {
    board: BOARD,
    list: TODO,
    card: CARD,
    text: 'With the harbour behind it, please.',
  }),
]

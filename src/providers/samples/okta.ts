import type { Sample, Template } from './types.ts'

const TARGET: Template = {
  id: '00u{id:17@user}',
  type: 'User',
  alternateId: 'jonas.brandt@example.com',
  displayName: 'Jonas Brandt',
  detailEntry: null,
}

interface LogEvent {
  readonly event: string
  readonly summary: string
  readonly message: string
  readonly severity: string
}

/** https://developer.okta.com/docs/concepts/event-hooks/ */
function oktaEvent({ event, summary, message, severity }: LogEvent): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        eventType: 'com.okta.event_hook',
        eventTypeVersion: '1.0',
        cloudEventsVersion: '0.1',
        source: 'https://harbour-lane.okta.com/api/v1/eventHooks/who{id:17}',
        eventId: '{uuid}',
        data: {
          events: [
            {
              uuid: '{uuid}',
              published: '{now:iso}',
              eventType: event,
              version: '0',
              displayMessage: message,
              severity,
              client: {
                ipAddress: '203.0.113.24',
                device: 'Computer',
                zone: 'null',
                geographicalContext: null,
              },
              actor: {
                id: '00u{id:17}',
                type: 'User',
                alternateId: 'mina.okafor@example.com',
                displayName: 'Mina Okafor',
                detailEntry: null,
              },
              outcome: { result: 'SUCCESS', reason: null },
              target: [TARGET],
              transaction: { type: 'WEB', id: '{id:24}', detail: {} },
              debugContext: { debugData: { requestUri: '/api/v1/users' } },
              legacyEventType: null,
              authenticationContext: { authenticationStep: 0, externalSessionId: 'trs{id:22}' },
              securityContext: { isProxy: false },
            },
          ],
        },
        eventTime: '{now:iso}',
        contentType: 'application/json',
      },
    },
  }
}

export const samples: readonly Sample[] = [
  oktaEvent({
    event: 'user.lifecycle.create',
    summary: 'A user was created',
    message: 'A user was created',
    severity: 'INFO',
  }),
  oktaEvent({
    event: 'user.session.start',
    summary: 'A user signed in',
    message: 'A user signed in',
    severity: 'INFO',
  }),
  oktaEvent({
    event: 'user.account.lock',
    summary: 'A user was locked out',
    message: 'Too many wrong passwords',
    severity: 'WARN',
  }),
]

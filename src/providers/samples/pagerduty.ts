import type { Sample, Template } from './types.ts'

const PAGE = 'https://harbour-lane.pagerduty.com'

const AGENT: Template = {
  html_url: `${PAGE}/users/P{upper:6@user}`,
  id: 'P{upper:6@user}',
  self: 'https://api.pagerduty.com/users/P{upper:6@user}',
  summary: 'Priya Nair',
  type: 'user_reference',
}

const SERVICE: Template = {
  html_url: `${PAGE}/services/P{upper:6@service}`,
  id: 'P{upper:6@service}',
  self: 'https://api.pagerduty.com/services/P{upper:6@service}',
  summary: 'Checkout',
  type: 'service_reference',
}

/** https://developer.pagerduty.com/docs/webhooks-overview */
function incidentEvent(event: string, status: string, agent: Template, summary: string): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        event: {
          id: '01{upper:24}',
          event_type: event,
          resource_type: 'incident',
          occurred_at: '{now:iso}',
          agent,
          client: null,
          data: {
            id: 'Q{upper:13@incident}',
            type: 'incident',
            self: 'https://api.pagerduty.com/incidents/Q{upper:13@incident}',
            html_url: `${PAGE}/incidents/Q{upper:13@incident}`,
            number: 87,
            status,
            incident_key: '{hex:32}',
            created_at: '{now:utc-4m}',
            title: 'The checkout answers with errors',
            service: SERVICE,
            assignees: [AGENT],
            escalation_policy: {
              html_url: `${PAGE}/escalation_policies/P{upper:6@policy}`,
              id: 'P{upper:6@policy}',
              self: 'https://api.pagerduty.com/escalation_policies/P{upper:6@policy}',
              summary: 'Whoever is awake',
              type: 'escalation_policy_reference',
            },
            teams: [],
            priority: null,
            urgency: 'high',
            conference_bridge: null,
            resolve_reason: null,
          },
        },
      },
    },
  }
}

export const samples: readonly Sample[] = [
  incidentEvent('incident.triggered', 'triggered', null, 'An incident began'),
  incidentEvent('incident.acknowledged', 'acknowledged', AGENT, 'Somebody took an incident on'),
  incidentEvent('incident.resolved', 'resolved', AGENT, 'An incident is over'),
]

import type { Sample, Template } from './types.ts'

/** https://cal.com/docs/developing/guides/automation/webhooks */
function bookingEvent(event: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        triggerEvent: event,
        createdAt: '{now:iso}',
        payload: {
          type: 'shop-visit',
          title: 'Shop visit between Mina Okafor and Jonas Brandt',
          description: '',
          additionalNotes: '',
          customInputs: {},
          startTime: '{now:utc+2d}',
          endTime: '{now:utc+2d}',
          organizer: {
            id: '{#int:5}',
            name: 'Mina Okafor',
            email: 'mina.okafor@example.com',
            username: 'mina',
            timeZone: 'Europe/London',
            language: { locale: 'en' },
          },
          attendees: [
            {
              name: 'Jonas Brandt',
              email: 'jonas.brandt@example.com',
              timeZone: 'Europe/Berlin',
              language: { locale: 'de' },
            },
          ],
          location: '12 Harbour Lane, Bristol',
          uid: '{id:22}',
          bookingId: '{#int:7}',
          eventTypeId: '{#int:6}',
          length: 30,
          ...more,
        },
      },
    },
  }
}

export const samples: readonly Sample[] = [
  bookingEvent('BOOKING_CREATED', 'Somebody booked an appointment', { status: 'ACCEPTED' }),
  bookingEvent('BOOKING_RESCHEDULED', 'An appointment was moved', {
    status: 'ACCEPTED',
    rescheduleUid: '{id:22}',
    rescheduleStartTime: '{now:utc+1d}',
    rescheduleEndTime: '{now:utc+1d}',
  }),
  bookingEvent('BOOKING_CANCELLED', 'An appointment was cancelled', {
    status: 'CANCELLED',
    cancellationReason: 'The train is not running',
  }),
]

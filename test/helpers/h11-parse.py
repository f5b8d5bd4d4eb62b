"""A second opinion: reads requests as hex, one a line, and prints for each what h11 takes as complete."""

import json
import sys

import h11


def complete_requests(data):
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=200_000)
    found = []
    request = None
    body = b""
    fed = 0
    try:
        connection.receive_data(data)
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                if fed:
                    return found
                fed = 1
                connection.receive_data(b"")
            elif isinstance(event, h11.Request):
                request, body = event, b""
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                found.append(f"{request.method.decode('latin1')} {request.target.decode('latin1')} {body.hex()}")
                connection.send(h11.Response(status_code=200, headers=[("content-length", "0")]))
                connection.send(h11.EndOfMessage())
                if connection.our_state is not h11.DONE:
                    return found
                connection.start_next_cycle()
            else:
                return found
    except h11.ProtocolError:
        return found


for line in sys.stdin:
    print(json.dumps(complete_requests(bytes.fromhex(line.strip()))))

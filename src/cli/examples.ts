/** Command lines worth copying, shown first in each command's help. */
export const EXAMPLES: Readonly<Record<string, readonly (readonly [line: string, what: string])[]>> = {
  listen: [
    ['webhook-cli listen', 'any path, any method, on port 8484'],
    ['webhook-cli listen 3000', 'and pass everything on to localhost:3000'],
    ["webhook-cli listen --route 'event:invoice.* -> 3000/billing'", 'by event'],
    ["webhook-cli listen --exec 'make build' --event push", 'build on push'],
    ["webhook-cli listen --json --count 1 | jq 'select(.headers)'", 'wait for one'],
    ["webhook-cli listen --event 'invoice.*'", 'show only these'],
    ['webhook-cli listen --respond 500', 'make the sender try again'],
    ['webhook-cli listen --secret stripe=env:STRIPE_WEBHOOK_SECRET', 'verify'],
  ],
  forward: [
    ['webhook-cli forward 3000', 'what nobody has accepted, and what comes'],
    ['webhook-cli forward 3000 --once', 'end when nothing is left'],
    ["webhook-cli forward --route 'provider:stripe -> 3000/pay'", 'only these'],
  ],
  list: [
    ['webhook-cli list --failed --since 1h', 'what went wrong'],
    ["webhook-cli ls --where 'request.body.amount > 100'", 'look into bodies'],
  ],
  show: [
    ['webhook-cli show last', 'the newest one'],
    ['webhook-cli show b3xq --raw > body.bin', 'its exact bytes'],
    ['webhook-cli show b3xq --curl', 'as a command'],
  ],
  verify: [
    ['webhook-cli verify last --secret env:STRIPE_WEBHOOK_SECRET', 'the newest one'],
    ['webhook-cli verify b3xq --secret file:./stripe.secret --at now', 'still in time?'],
    ['webhook-cli verify @request.http --provider github --secret -', 'from a file'],
  ],
  send: [
    ['webhook-cli send stripe charge.succeeded --to 3000/webhooks', 'signed anew'],
    ['webhook-cli send github push --set ref=refs/heads/dev --secret env:S', 'changed'],
    ['webhook-cli send slack message --to 3000/slack --tamper all', 'what is rejected?'],
    ['webhook-cli send --handshake slack --to 3000/slack', 'judge the answer'],
    ['webhook-cli send stripe invoice.paid --count 500 --rate 20/s', 'a load'],
  ],
  replay: [
    ['webhook-cli replay last --to 3000', 'the newest one again'],
    ['webhook-cli replay k7m2..last --timing original', 'as they came'],
    ['webhook-cli replay last --resign --secret env:STRIPE_SECRET', 'signed anew'],
    ['webhook-cli replay last --set amount:=5 --resign --secret env:S', 'changed'],
    ['webhook-cli replay ./fixtures --to 3000 --fail-on-diff', 'in CI'],
  ],
  bench: [
    ['webhook-cli bench', 'poll or webhook? 30 s, nothing to set up'],
    ['webhook-cli bench explain --poll 60s --gap 1h', 'what the model says'],
    [`webhook-cli bench 3000/orders --trigger 'POST 3000/orders {"ref":"{id}"}'`, 'yours'],
    ['webhook-cli bench ./nchan.json --html report.html', 'as in test/fixtures/bench'],
    ["webhook-cli bench --quick --assert 'webhook.p50<20ms'", 'for CI'],
  ],
  providers: [
    ['webhook-cli providers', 'who signs, and how'],
    ['webhook-cli providers stripe', 'everything about one'],
    ["webhook-cli providers --json | jq -r 'select(.samples > 0).id'", 'for scripts'],
  ],
  serve: [
    ['webhook-cli serve --emit 5/s', 'something happens five times a second'],
    ['webhook-cli serve --port 0 --token env:TOKEN --data file', 'kept, for those who know'],
    ["curl 'localhost:8686/events?wait=30s'", 'ask, and wait for the next'],
  ],
  clear: [
    ['webhook-cli clear', 'everything; asks first'],
    ['webhook-cli clear --provider stripe --yes', 'only these'],
  ],
  export: [
    ['webhook-cli export last --format curl', 'as a command'],
    ['webhook-cli export --since 1d > day.ndjson', 'all of a day'],
    ['webhook-cli export --event push --format har --out ./har', 'files'],
    ['webhook-cli export b3xq --format vitest > push.test.ts', 'as a test'],
  ],
  import: [
    ['webhook-cli import day.har', 'of a browser, or of ours'],
    ['pbpaste | webhook-cli import -', 'a copied curl command'],
    ['webhook-cli import ./saved --dry-run', 'what is in a folder?'],
  ],
  completion: [['eval "$(webhook-cli completion bash)"', 'in ~/.bashrc']],
  help: [['webhook-cli help paths', 'which files are used']],
}

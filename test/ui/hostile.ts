/**
 * What must never reach a terminal, written down anew: controls but line feed and tab, DEL, C1, lone surrogates,
 * line separators, bidirectional controls, and what hides.
 */
export const FORBIDDEN: RegExp =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- these are what it is about
  /[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\p{Cs}]/u

const ESC = '\x1b'
const BEL = '\x07'
const ST = `${ESC}\\`

/** Operating system commands, with each of their two ends, in 7 and 8 bits. */
const OSC_COMMANDS = [
  '0;pwned',
  '1;icon',
  '2;title',
  '4;1;rgb:ff/00/00',
  '7;file://evil/',
  '8;;http://evil.test',
  '9;notice',
  '10;?',
  '11;#000000',
  '12;red',
  '50;font',
  '52;c;cm0gLXJmIC8=',
  '52;c;?',
  '104',
  '133;A',
  '633;E;rm -rf /',
  '777;notify;a;b',
  '1337;File=inline=1:AAAA',
  '1337;SetUserVar=a=b',
]
const osc = OSC_COMMANDS.flatMap((command) => [
  `${ESC}]${command}${BEL}`,
  `${ESC}]${command}${ST}`,
  `\x9d${command}\x9c`,
  `\x9d${command}${BEL}`,
])

const CSI_COMMANDS = [
  '2J',
  '3J',
  '0J',
  'H',
  '1;1H',
  '6n',
  '5n',
  'c',
  '>c',
  '?25l',
  '?1049h',
  '?1000h',
  '?2004h',
  '31m',
  '0m',
  '8m',
  '7m',
  '38;5;1m',
  '1A',
  '99A',
  '2K',
  '1K',
  'G',
  '10D',
  's',
  'u',
  'r',
  '5i',
  '4i',
  '18t',
  '21t',
  '22t',
  '3;0;0t',
  '!p',
  '?5h',
  '20l',
  '1;5r',
  'L',
  'M',
  '200~',
  'Z',
]
const csi = CSI_COMMANDS.flatMap((command) => [`${ESC}[${command}`, `\x9b${command}`])

/** Device control, application, privacy and start-of-string: all swallow what follows up to their end. */
const strings = ['P', 'X', '^', '_', 'k'].flatMap((start) => [
  `${ESC}${start}q;data${ST}`,
  `${ESC}${start}+q544e${ST}`,
  `${ESC}${start}unterminated`,
])
const eightBitStrings = ['\x90', '\x98', '\x9e', '\x9f'].map((start) => `${start}1$r0m\x9c`)

const single = [
  'c',
  '7',
  '8',
  'D',
  'E',
  'M',
  'Z',
  '=',
  '>',
  '(0',
  ')0',
  '#8',
  '%G',
  'n',
  'o',
  '|',
  '}',
  '~',
  ' F',
].map((end) => ESC + end)

const overwriting = [
  'harmless\rFAKE [200] POST /',
  'x\b\b\b\bgone',
  'a\vb',
  'a\fb',
  '\x0e\x0f',
  `${'\b'.repeat(80)}over`,
  'a\x00b',
  '\x05',
  '\x7f\x7f',
  '\x85next line',
  '\x84',
  '\x8d',
  ESC,
  '\x9b',
  '\u009b31m',
  'line\u2028separator',
  'para\u2029graph',
]
const forging = [
  '\nFAKE [200] POST /',
  '\r\nFAKE',
  '\n\n\n14:02:11  POST /ok   ✓ stripe',
  '\n  Next   webhook-cli clear --all --yes',
  'a\n\tb',
  '\n$ rm -rf /',
  '\u0085FAKE',
  '\u2028FAKE',
]

/** Trojan Source (CVE-2021-42574) and its relatives. */
const bidi = [
  '\u202a',
  '\u202b',
  '\u202c',
  '\u202d',
  '\u202e',
  '\u2066',
  '\u2067',
  '\u2068',
  '\u2069',
  '\u200e',
  '\u200f',
  '\u061c',
].flatMap((mark) => [`access = "user${mark} // admin"`, mark])
const hidden = [
  'ad\u200bmin',
  'ad\u2060min',
  '\ufeffadmin',
  'ad\u00admin',
  'a\u034fb',
  'a\u180eb',
  'a\u3164b',
  'a\uffa0b',
  'a\u115fb',
  'a\u2061b',
  'a\u206ab',
  'a\ufff9b\ufffac\ufffb',
  'tag\u{e0041}\u{e0042}\u{e007f}',
  'vs\u{e0100}',
  'x\ufe00',
  'a\u200db',
  'a\u200cb',
  'a\ufe0fb',
  '1\ufe0f',
  '\u200d\u200d\u200d',
  '👍\u200d\u200d👍',
  '👍\ufe0f\ufe0f',
]
const surrogates = ['\ud800', 'a\udc00b', '\udfff\ud800', '\udc9b31m', '\ud83d']

export const PAYLOADS: readonly string[] = [
  ...osc,
  ...csi,
  ...strings,
  ...eightBitStrings,
  ...single,
  ...overwriting,
  ...forging,
  ...bidi,
  ...hidden,
  ...surrogates,
]

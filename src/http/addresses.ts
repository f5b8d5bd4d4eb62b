import { BlockList, isIP } from 'node:net'

/**
 * Where clouds hand out credentials, or certificates, to whoever asks from the machine itself: the link-local network
 * that all of them use, and the places of their own that Alibaba, Oracle and Azure have.
 */
const METADATA_V4 = [
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['192.0.0.192', 32],
  ['168.63.129.16', 32],
] as const

/** Amazon, Google, Scaleway; OpenStack and Oracle. */
const METADATA_V6 = ['fd00:ec2::254', 'fd20:ce::254', 'fd00:42::42', 'fe80::a9fe:a9fe']

const METADATA = new BlockList()
for (const address of METADATA_V6) METADATA.addAddress(address, 'ipv6')
for (const [address, bits] of METADATA_V4) {
  METADATA.addSubnet(address, bits, 'ipv4')
  // v4-compatible (RFC 4291 §2.5.5.1), translated (RFC 7915), NAT64 (RFC 6052) and its local network (RFC 8215).
  for (const prefix of ['::', '::ffff:0:', '64:ff9b::', '64:ff9b:1::'])
    METADATA.addSubnet(prefix + address, 96 + bits, 'ipv6')
  const [high = '', low = ''] = inHex(address)
  // 6to4 (RFC 3056), and the local NAT64 network with the address right behind its prefix (RFC 6052 §2.2).
  METADATA.addSubnet(`2002:${high}:${low}::`, 16 + bits, 'ipv6')
  const rest = `${low.slice(0, 2)}:${low.slice(2)}00`
  METADATA.addSubnet(`64:ff9b:1:${high}:${rest}::`, bits === 16 ? 64 : 88, 'ipv6')
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** Networks that the Internet does not route (RFC 6890 and its registries), multicast, and what names no host. */
const PRIVATE_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const

// Two lists: one would hold IPv4 addresses against ::ffff:0:0/96, which is in the second.
const PRIVATE_IPV4 = new BlockList()
for (const [address, bits] of PRIVATE_V4) PRIVATE_IPV4.addSubnet(address, bits, 'ipv4')
const PRIVATE_IPV6 = new BlockList()
// Global unicast is 2000::/3; the rest is local, multicast or carries an IPv4 address that could be anything.
for (const prefix of ['::', '4000::', '6000::', '8000::', 'a000::', 'c000::', 'e000::'])
  PRIVATE_IPV6.addSubnet(prefix, 3, 'ipv6')
// 6to4 and Teredo: an IPv4 address inside.
PRIVATE_IPV6.addSubnet('2002::', 16, 'ipv6')
PRIVATE_IPV6.addSubnet('2001::', 32, 'ipv6')

/** Never sent to: a target that resolves there is an attack or a mistake. IPv4-mapped forms count too. */
export function isMetadataAddress(address: string): boolean {
  return isIn(METADATA, address)
}

/**
 * True only for addresses that cannot leave the machine. `0.0.0.0` and `::`, which some systems take for it, are not:
 * others do not.
 */
export function isLoopbackAddress(address: string): boolean {
  return isIn(LOOPBACK, address)
}

/** True for addresses of private networks, this machine's among them, and for what is no host's address at all. */
export function isPrivateAddress(address: string): boolean {
  return isIn(isIP(address) === 4 ? PRIVATE_IPV4 : PRIVATE_IPV6, address)
}

function isIn(list: BlockList, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/** `169.254.0.0` as `a9fe` and `0000`. */
function inHex(address: string): string[] {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'))
  return [bytes.slice(0, 2).join(''), bytes.slice(2).join('')]
}

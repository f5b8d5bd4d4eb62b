import { BlockList, isIP } from 'node:net'

/** Where clouds hand out credentials to whoever asks from the machine itself, in all the ways to write it. */
const METADATA = new BlockList()
METADATA.addSubnet('169.254.0.0', 16, 'ipv4')
METADATA.addAddress('fd00:ec2::254', 'ipv6')
// The same IPv4 network inside IPv6: v4-compatible, NAT64 (RFC 6052) and 6to4 (RFC 3056).
METADATA.addSubnet('::a9fe:0', 112, 'ipv6')
METADATA.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6')
METADATA.addSubnet('2002:a9fe::', 32, 'ipv6')

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** Never sent to: a target that resolves there is an attack or a mistake. IPv4-mapped forms count too. */
export function isMetadataAddress(address: string): boolean {
  return isIn(METADATA, address)
}

export function isLoopbackAddress(address: string): boolean {
  return isIn(LOOPBACK, address)
}

function isIn(list: BlockList, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

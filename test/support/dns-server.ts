import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import ipaddr from 'ipaddr.js';
import type { AddressResolver } from '#libs/egress/address-resolver.js';

const TYPES: Readonly<Record<number, 'A' | 'AAAA'>> = { 1: 'A', 28: 'AAAA' };
const HEADER_BYTES = 12;
const NO_SUCH_NAME = 3;

/** A name server on loopback whose answers a test may change at any time. */
export interface DnsServer {
  /** Asks this server only, again for every look-up. */
  readonly resolver: AddressResolver;
  /** What was asked so far, such as `A orders.test`. */
  readonly questions: readonly string[];
  /**
   * Answers the next look-ups of a name with these lists of addresses, one after the other; the last one stays.
   * A name without answers does not exist.
   */
  answer(name: string, ...lookups: readonly (readonly string[])[]): void;
  close(): Promise<void>;
}

export async function startDnsServer(): Promise<DnsServer> {
  const answers = new Map<string, (readonly string[])[]>();
  const questions: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const { name, type, end } = questionOf(query);
    questions.push(`${type} ${name}`);
    const current = answers.get(name);
    // Both types belong to one look-up; the resolver below asks for AAAA last.
    const addresses = current?.[0] ?? [];
    if (type === 'AAAA' && current !== undefined && current.length > 1) current.shift();
    const fitting = addresses.map((text) => ipaddr.parse(text)).filter((each) => typeOf(each) === type);
    socket.send(responseTo(query.subarray(0, end), fitting, current !== undefined), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');

  const client = new Resolver({ tries: 1, timeout: 5000 });
  client.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    questions,
    resolver: {
      resolve: async (hostname) => {
        const v4 = await client.resolve4(hostname).catch(unlessNoData);
        const v6 = await client.resolve6(hostname).catch(unlessNoData);
        return [...v4, ...v6];
      },
    },
    answer: (name, ...lookups) => {
      answers.set(name, [...lookups]);
    },
    close: async () => {
      client.cancel();
      socket.close();
      await once(socket, 'close');
    },
  };
}

function unlessNoData(error: unknown): string[] {
  if ((error as NodeJS.ErrnoException).code === 'ENODATA') return [];
  throw error;
}

function typeOf(address: ipaddr.IPv4 | ipaddr.IPv6): 'A' | 'AAAA' {
  return address.kind() === 'ipv4' ? 'A' : 'AAAA';
}

/** The first question of a query (RFC 1035, 4.1.2). */
function questionOf(query: Buffer): { name: string; type: string; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = query.readUInt16BE(at + 1);
  return { name: labels.join('.').toLowerCase(), type: TYPES[type] ?? String(type), end: at + 5 };
}

function responseTo(
  question: Buffer,
  addresses: readonly (ipaddr.IPv4 | ipaddr.IPv6)[],
  exists: boolean,
): Buffer {
  const response = Buffer.from(question);
  // An authoritative answer to a recursive query.
  response.writeUInt16BE(0x8580 | (exists ? 0 : NO_SUCH_NAME), 2);
  response.writeUInt16BE(1, 4);
  response.writeUInt16BE(addresses.length, 6);
  response.writeUInt32BE(0, 8);
  return Buffer.concat([response, ...addresses.map(record)]);
}

/** An address of the name in the question, which a pointer stands for (RFC 1035, 4.1.4). */
function record(address: ipaddr.IPv4 | ipaddr.IPv6): Buffer {
  const data = Buffer.from(address.toByteArray());
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt16BE(0xc000 | HEADER_BYTES, 0);
  head.writeUInt16BE(data.length === 4 ? 1 : 28, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(0, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

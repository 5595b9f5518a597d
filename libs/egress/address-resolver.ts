import { lookup } from 'node:dns/promises';

/** Tells the addresses of a host name, in the order to try them. Rejects or answers none when it has none. */
export interface AddressResolver {
  resolve(hostname: string): Promise<readonly string[]>;
}

/** Asks as every other program on this machine does: the hosts file first, then the DNS. */
export const systemResolver: AddressResolver = {
  resolve: async (hostname) => {
    const answers = await lookup(hostname, { all: true, verbatim: true });
    return answers.map(({ address }) => address);
  },
};

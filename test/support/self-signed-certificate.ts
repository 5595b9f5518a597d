import { generateKeyPairSync, sign } from 'node:crypto';

/** A key and a certificate for host names that only who is given the certificate trusts. */
export function selfSignedCertificate(...names: readonly string[]): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const name = sequence(set(sequence(oid(0x55, 0x04, 0x03), tagged(0x0c, Buffer.from('registry tests')))));
  const validity = sequence(utcTime('200101000000Z'), utcTime('491231235959Z'));
  const hostNames = sequence(...names.map((each) => tagged(0x82, Buffer.from(each))));
  const signedWith = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
  const statement = sequence(
    tagged(0xa0, integer(2)),
    integer(1),
    signedWith,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(sequence(oid(0x55, 0x1d, 0x11), tagged(0x04, hostNames)))),
  );
  const signature = sign('sha256', statement, privateKey);
  const certificate = sequence(statement, signedWith, tagged(0x03, Buffer.from([0]), signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
  };
}

/** A value of DER: its tag, its length, itself. */
function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const length =
    value.length < 0x80
      ? [value.length]
      : value.length < 0x100
        ? [0x81, value.length]
        : [0x82, value.length >> 8, value.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts);
const set = (...parts: readonly Buffer[]): Buffer => tagged(0x31, ...parts);
const oid = (...bytes: readonly number[]): Buffer => tagged(0x06, Buffer.from(bytes));
const integer = (value: number): Buffer => tagged(0x02, Buffer.from([value]));
const utcTime = (text: string): Buffer => tagged(0x17, Buffer.from(text));

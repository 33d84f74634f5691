/** Record types by their numbers (IANA, "Resource Record (RR) TYPEs"), those that are asked for in practice. */
const TYPES: Readonly<Record<string, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  RP: 17,
  AFSDB: 18,
  AAAA: 28,
  LOC: 29,
  SRV: 33,
  NAPTR: 35,
  CERT: 37,
  DNAME: 39,
  OPT: 41,
  DS: 43,
  SSHFP: 44,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  SMIMEA: 53,
  CDS: 59,
  CDNSKEY: 60,
  OPENPGPKEY: 61,
  CSYNC: 62,
  ZONEMD: 63,
  SVCB: 64,
  HTTPS: 65,
  SPF: 99,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
  URI: 256,
  CAA: 257,
};

const CLASSES: Readonly<Record<string, number>> = {
  IN: 1,
  INET: 1,
  CS: 2,
  CSNET: 2,
  CH: 3,
  CHAOS: 3,
  HS: 4,
  HESIOD: 4,
  NONE: 254,
  ANY: 255,
};

/** Response codes (IANA, "DNS RCODEs") that fit the header's four bits, with those that EDNS extends it by. */
const CODES: Readonly<Record<string, number>> = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  BADVERS: 16,
  BADSIG: 16,
  BADKEY: 17,
  BADTIME: 18,
  BADMODE: 19,
  BADNAME: 20,
  BADALG: 21,
  BADTRUNC: 22,
  BADCOOKIE: 23,
};

/** The number of a record type by its name, or by TYPE99 (RFC 3597). */
export const parseRecordType = (name: string): number | undefined => numberOf(TYPES, name, 'TYPE');
export const parseRecordClass = (name: string): number | undefined => numberOf(CLASSES, name, 'CLASS');
export const parseResponseCode = (name: string): number | undefined => numberOf(CODES, name, 'RCODE');
export const recordTypeName = (type: number): string => nameOf(TYPES, type, 'TYPE');
export const recordClassName = (recordClass: number): string => nameOf(CLASSES, recordClass, 'CLASS');
export const responseCodeName = (code: number): string => nameOf(CODES, code, 'RCODE');

function numberOf(numbers: Readonly<Record<string, number>>, name: string, prefix: string): number | undefined {
  if (Object.hasOwn(numbers, name)) return numbers[name];
  const number = new RegExp(`^${prefix}(\\d{1,5})$`).exec(name)?.[1];
  return number === undefined ? undefined : Number(number);
}

function nameOf(numbers: Readonly<Record<string, number>>, wanted: number, prefix: string): string {
  return Object.keys(numbers).find((name) => numbers[name] === wanted) ?? `${prefix}${wanted}`;
}

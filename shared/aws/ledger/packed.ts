import { gunzipSync, gzipSync } from 'node:zlib';

/** DynamoDB's limit is 400 KB an item, names of attributes and keys included. */
const CHUNK_BYTES = 350 * 1024;

/** A list as compressed JSON, cut so that each piece fits an item. An empty list needs no piece. */
export function pack(list: readonly unknown[]): Uint8Array[] {
  if (list.length === 0) return [];
  const bytes = gzipSync(JSON.stringify(list));
  return Array.from({ length: Math.ceil(bytes.length / CHUNK_BYTES) }, (_, index) =>
    bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES),
  );
}

/** @throws when the pieces are not those of one list, all of them and in order */
export function unpack(pieces: readonly Uint8Array[]): unknown[] {
  if (pieces.length === 0) return [];
  return JSON.parse(gunzipSync(Buffer.concat(pieces)).toString()) as unknown[];
}

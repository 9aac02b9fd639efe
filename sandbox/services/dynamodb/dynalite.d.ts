/** dynalite brings no types. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Each of the three is how long a table stays in that state, in milliseconds. */
  export default function dynalite(options?: {
    createTableMs?: number;
    updateTableMs?: number;
    deleteTableMs?: number;
  }): Server;
}

import type { Turns } from '../../ports.ts';
import { IF_NEW, type Key, type LedgerTable, putItem, updateItem } from './table.ts';

/** `RUN#function#of / AT-WORK`: whose turn it is. It is never empty, so that a turn that has ended is anybody's. */
export function turnsIn(ledger: LedgerTable, functionName: string): Turns {
  const keyOf = (of: string): Key => ({ pk: `RUN#${functionName}#${of}`, sk: 'AT-WORK' });
  return {
    begin: async (of, { holder, now, until }) => {
      await putItem(ledger, { ...keyOf(of), holder: '', until: '' }, IF_NEW);
      return updateItem(ledger, keyOf(of), {
        text: 'SET #holder = :holder, #until = :until',
        condition: '#holder = :holder OR #until <= :now',
        names: ['holder', 'until'],
        values: { holder, until: until.toISOString(), now: now.toISOString() },
      });
    },
    end: async (of, holder) => {
      // Refused: it ended by itself and is somebody else's by now.
      await updateItem(ledger, keyOf(of), {
        text: 'SET #until = :never',
        condition: '#holder = :holder',
        names: ['holder', 'until'],
        values: { holder, never: '' },
      });
    },
  };
}

import type { OffHoursRecord } from '../../core/off-hours/record.ts';
import type { OffHoursLedger } from '../../ports-off-hours.ts';
import { changeKey, changeOf } from './change-items.ts';
import { keptRecordsIn } from './kept-records.ts';
import { getItems, type LedgerTable, putItem } from './table.ts';

type Records = Pick<OffHoursLedger, 'kept' | 'keep' | 'advance' | 'outcomes'>;

export const offHoursRecordsIn = (ledger: LedgerTable): Records => {
  const { kept, next: nextOf, advance } = keptRecordsIn<OffHoursRecord>(ledger, 'off-hours', isSilent);
  return {
    kept,
    keep: async (next, before) => {
      const { put, kept: ours } = await nextOf(next, before);
      return (await putItem(ledger, put.item, put.condition)) ? ours : undefined;
    },
    advance,
    outcomes: async (places) => {
      const changes = (await getItems(ledger, places.map(changeKey))).map(changeOf);
      return new Map(changes.map((change) => [change.id, change]));
    },
  };
};

const isSilent = ({ plan, messages }: OffHoursRecord): boolean => !plan && messages.length === 0;

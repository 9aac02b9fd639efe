import { describe, expect, it } from 'vitest';
import { textTable } from '../../shared/core/table.ts';

describe('a table in plain text', () => {
  it('has its columns under each other, and neither lines nor trailing spaces', () => {
    const rows = [
      ['orders-qa', '$183.23'],
      ['x', ''],
    ];
    expect(textTable(['resource', 'saves'], rows)).toBe(['resource   saves', 'orders-qa  $183.23', 'x'].join('\n'));
  });

  it('has no colours', () => {
    const text = textTable(['a'], [['b']]);
    expect([...text].filter((sign) => sign < ' ' && sign !== '\n')).toEqual([]);
  });

  it('counts wide characters as they are shown', () => {
    expect(
      textTable(
        ['name', 'n'],
        [
          ['주문', '1'],
          ['abcd', '2'],
        ],
      ).split('\n'),
    ).toEqual(['name  n', '주문  1', 'abcd  2']);
  });

  it('without rows is its head', () => {
    expect(textTable(['resource', 'saves'], [])).toBe('resource  saves');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldAlarms, type Incident, type Parent, type SortedAlarm } from '../../../shared/core/remediation/fold.ts';
import { RUNBOOK_IDS, type RunbookId } from '../../../shared/core/remediation/runbook.ts';
import { keyOfSubject, subjectOf } from '../../../shared/core/remediation/subject.ts';
import { alarm, composite, metric, minutesAgo, SCOPE, watching } from './alarms.ts';

const WEB: Parent = { key: '123456789012 eu-west-1 group web', words: 'the Auto Scaling group web' };
const CARTS: Parent = {
  key: keyOfSubject({ type: 'database', form: 'cluster', name: 'carts' }, SCOPE),
  words: 'the cluster carts',
};

/** An alarm over a metric of a database or, by its id, an instance. */
function about(
  resource: string,
  name: string,
  more: Omit<Partial<SortedAlarm>, 'alarm'> & { on?: string } = {},
): SortedAlarm {
  const { on = 'DBInstanceIdentifier', ...rest } = more;
  const isInstance = resource.startsWith('i-');
  const one = isInstance
    ? metric('AWS/EC2', name, { InstanceId: resource })
    : metric('AWS/RDS', name, { [on]: resource });
  const named = alarm({ name: `${resource}-${name}`, watches: watching([one]) });
  return { alarm: named, subject: subjectOf(named), ...rest };
}

const over = (name: string, children: readonly SortedAlarm[]): SortedAlarm => {
  const one = composite(
    name,
    children.map((child) => child.alarm.name),
  );
  return { alarm: one, subject: subjectOf(one) };
};

const inBrief = (incidents: readonly Incident[]) =>
  incidents.map(({ parts, composites }) => [
    ...composites.map(({ name }) => name),
    ...parts.map(({ alarms, runbook }) => `${runbook ?? 'none'}: ${alarms.map(({ name }) => name).join(' ')}`),
  ]);

const disk = about('orders', 'FreeStorageSpace', { runbook: 'database-storage-low' });
const cpu = about('orders', 'CPUUtilization', { runbook: 'database-saturated' });
const cartsDisk = about('carts', 'FreeStorageSpace', { runbook: 'database-storage-low' });
const webs = Array.from({ length: 30 }, (_, index) =>
  about(`i-00000000${10 + index}`, 'StatusCheckFailed', { runbook: 'instance-unwell', parent: WEB }),
);

describe('alarms that go off together', () => {
  it('are one incident when they are about one resource: a part for each runbook, the graver first', () => {
    const [incident, ...others] = foldAlarms([cpu, disk]);
    expect(others).toEqual([]);
    expect(inBrief([incident as Incident])).toEqual([
      ['database-storage-low: orders-FreeStorageSpace', 'database-saturated: orders-CPUUtilization'],
    ]);
    expect(incident?.because).toBe('2 alarms of the database orders');
  });

  it('go without a runbook with the one that has the first turn', () => {
    const queue = about('orders', 'DiskQueueDepth');
    expect(inBrief(foldAlarms([queue, cpu, disk]))).toEqual([
      [
        'database-storage-low: orders-DiskQueueDepth orders-FreeStorageSpace',
        'database-saturated: orders-CPUUtilization',
      ],
    ]);
  });

  it('have the first turn of those that are not off, and what is off is apart', () => {
    const off: SortedAlarm = { ...disk, off: true };
    const queue = about('orders', 'DiskQueueDepth');
    expect(inBrief(foldAlarms([off, cpu, queue]))).toEqual([
      ['database-saturated: orders-CPUUtilization orders-DiskQueueDepth'],
      ['database-storage-low: orders-FreeStorageSpace'],
    ]);
    expect(foldAlarms([off, cpu])[0]?.because).toBe('the alarm orders-CPUUtilization of the database orders');
    expect(inBrief(foldAlarms([off, queue]))).toEqual([
      ['none: orders-DiskQueueDepth'],
      ['database-storage-low: orders-FreeStorageSpace'],
    ]);
  });

  it('come by their urgency, however old they are', () => {
    const old = { ...cpu, alarm: { ...cpu.alarm, since: minutesAgo(9) } };
    expect(inBrief(foldAlarms([...webs.slice(0, 1), about('other', 'Errors'), old, cartsDisk]))).toEqual([
      ['database-storage-low: carts-FreeStorageSpace'],
      ['database-saturated: orders-CPUUtilization'],
      ['instance-unwell: i-0000000010-StatusCheckFailed'],
      ['none: other-Errors'],
    ]);
  });

  it('are two when they are about two', () => {
    expect(foldAlarms([disk, cartsDisk]).map(({ because }) => because)).toEqual([
      'the alarm carts-FreeStorageSpace of the database carts',
      'the alarm orders-FreeStorageSpace of the database orders',
    ]);
  });

  it('are two when they are about resources of one name in two places', () => {
    const away = { ...SCOPE, region: 'us-east-1' };
    const there = { ...disk, alarm: alarm({ name: disk.alarm.name, scope: away, watches: disk.alarm.watches }) };
    expect(foldAlarms([disk, there])).toHaveLength(2);
  });

  it('are one when their resources have the same parent and the same runbook', () => {
    const [lone, incident, ...others] = foldAlarms([...webs, disk]);
    expect([lone?.parts.length, others]).toEqual([1, []]);
    expect(incident?.parts).toHaveLength(30);
    expect(incident?.because).toBe('30 alarms of 30 resources of the Auto Scaling group web');
  });

  it('are apart when the runbook is another', () => {
    const credits = about('i-0000000010', 'CPUCreditBalance', { runbook: 'credits-exhausted', parent: WEB });
    const lone = about('i-0000000099', 'CPUCreditBalance', { runbook: 'credits-exhausted', parent: WEB });
    expect(foldAlarms([...webs.slice(1), credits, lone]).map(({ parts }) => parts.length)).toEqual([29, 2]);
    // What waits for the graver one's turn at its resource goes with that.
    expect(foldAlarms([...webs, credits, lone]).map(({ parts }) => parts.length)).toEqual([31, 1]);
  });

  it('are one when a cluster and its members are about the same', () => {
    const cluster = about('carts', 'CPUUtilization', { runbook: 'database-saturated', on: 'DBClusterIdentifier' });
    const members = ['carts-1', 'carts-2'].map((name) =>
      about(name, 'CPUUtilization', { runbook: 'database-saturated', parent: CARTS }),
    );
    expect(foldAlarms([...members, cluster])).toHaveLength(1);
  });

  it('are one under a composite, or under composites of composites', () => {
    const inner = over('inner', [disk, cpu]);
    const outer = over('outer', [inner, cartsDisk]);
    const lone = about('other', 'FreeStorageSpace', { runbook: 'database-storage-low' });
    expect(inBrief(foldAlarms([lone, disk, outer, cartsDisk, inner]))).toEqual([
      [
        'inner',
        'outer',
        'database-storage-low: carts-FreeStorageSpace',
        'database-storage-low: orders-FreeStorageSpace',
      ],
      ['database-storage-low: other-FreeStorageSpace'],
    ]);
    expect(foldAlarms([inner, disk])[0]?.because).toBe(
      'the alarm orders-FreeStorageSpace of the database orders under inner',
    );
  });

  it('are apart under composites that only share what has not gone off', () => {
    const deploying = about('deploy', 'Deploying');
    expect(foldAlarms([over('a', [disk, deploying]), disk, over('b', [cartsDisk, deploying]), cartsDisk])).toHaveLength(
      2,
    );
  });

  it('are one where nothing is done about their metric', () => {
    const busy = ['i-0000000010', 'i-0000000011'].map((id) => about(id, 'CPUUtilization'));
    const groups = ['tg-1', 'tg-2'].map((name): SortedAlarm => {
      const one = alarm({
        name,
        watches: watching([metric('AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', { name })]),
      });
      return { alarm: one, subject: subjectOf(one) };
    });
    expect(foldAlarms([...busy, ...groups]).map(({ because }) => because)).toEqual([
      '2 alarms of 2 resources',
      '2 alarms',
    ]);
  });

  it('count once when they came twice, as they were last', () => {
    const before = { ...disk, alarm: { ...disk.alarm, since: minutesAgo(9), reason: 'before' } };
    const [incident] = foldAlarms([disk, before, disk]);
    expect(incident?.parts[0]?.alarms).toEqual([disk.alarm]);
  });

  it('are all there when a composite stands alone', () => {
    expect(inBrief(foldAlarms([over('night', [disk])]))).toEqual([['night']]);
    expect(foldAlarms([over('night', [disk])])[0]?.because).toBe('the alarm night');
    expect(foldAlarms([])).toEqual([]);
  });
});

describe('two hundred alarms', () => {
  it('of a few causes are a few incidents', () => {
    const dbs = Array.from({ length: 5 }, (_, index) => `db-${index}`).flatMap((name) =>
      ['FreeStorageSpace', 'FreeableMemory'].map((one) => about(name, one, { runbook: 'database-storage-low' })),
    );
    const all = Array.from({ length: 190 }, (_, index) =>
      about(`i-00000${1000 + index}`, 'StatusCheckFailed', { runbook: 'instance-unwell', parent: WEB }),
    );
    expect(foldAlarms([...dbs, ...all])).toHaveLength(6);
    expect(foldAlarms([...dbs, ...all, over('all', [...dbs, ...all])])).toHaveLength(1);
  });

  /** What the policy has off. */
  const OFF: readonly RunbookId[] = ['replica-lag', 'instance-unwell'];
  const anyAlarm = fc
    .record({
      resource: fc.constantFrom('orders', 'carts', 'i-0000000010', 'i-0000000011', 'i-0000000012', 'nothing'),
      name: fc.constantFrom('CPUUtilization', 'FreeStorageSpace', 'StatusCheckFailed', 'Errors'),
      runbook: fc.option(fc.constantFrom<RunbookId>(...RUNBOOK_IDS), { nil: undefined }),
      parent: fc.option(fc.constantFrom(WEB, CARTS), { nil: undefined }),
      age: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ resource, name, runbook, parent, age }): SortedAlarm => {
      const one = about(resource, name);
      const none = resource === 'nothing';
      return {
        alarm: { ...one.alarm, since: minutesAgo(age) },
        subject: none ? { type: 'none', why: 'nothing' } : one.subject,
        ...(runbook && !none ? { runbook } : {}),
        ...(runbook && !none && OFF.includes(runbook) ? { off: true as const } : {}),
        ...(parent && !none ? { parent } : {}),
      };
    });
  /** What came twice with the same change is the same. */
  const changeOf = ({ alarm: { arn, since } }: SortedAlarm) => `${arn} ${since.toISOString()}`;
  const anyStorm = fc
    .tuple(
      fc.uniqueArray(anyAlarm, { maxLength: 40, selector: changeOf }),
      fc.array(fc.array(fc.nat()), { maxLength: 4 }),
    )
    .map(([alarms, composed]) => [
      ...alarms,
      ...composed.map((picks, index) =>
        over(
          `composite-${index}`,
          picks.flatMap((at) => alarms[at % alarms.length] ?? []),
        ),
      ),
    ]);

  const arnsOf = ({ parts, composites }: Incident) =>
    [...parts.flatMap(({ alarms }) => alarms), ...composites].map(({ arn }) => arn);

  it('are each in exactly one incident, whatever they are', () => {
    fc.assert(
      fc.property(anyStorm, (storm) => {
        const arns = foldAlarms(storm).flatMap(arnsOf);
        expect([...arns].sort()).toEqual([...new Set(storm.map((one) => one.alarm.arn))].sort());
      }),
      { numRuns: 300 },
    );
  });

  const placesIn = (incident: Incident) =>
    incident.parts.flatMap(({ subject, runbook }) =>
      subject.type === 'none' ? [] : [{ resource: keyOfSubject(subject, SCOPE), runbook }],
    );

  it('have each resource in exactly one incident, but for what is off, and there once for each runbook', () => {
    fc.assert(
      fc.property(anyStorm, (storm) => {
        const places = foldAlarms(storm).map(placesIn);
        const turns = places.flat().map(({ resource, runbook }) => `${resource} ${runbook}`);
        expect(new Set(turns).size).toBe(turns.length);
        const on = places.map((some) => some.filter(({ runbook }) => !runbook || !OFF.includes(runbook)));
        const resources = on.flatMap((some) => [...new Set(some.map(({ resource }) => resource))]);
        expect(new Set(resources).size).toBe(resources.length);
      }),
      { numRuns: 300 },
    );
  });

  it('have each alarm with its own runbook, or go without one with what is not off', () => {
    fc.assert(
      fc.property(anyStorm, (storm) => {
        const runbooks = new Map(
          foldAlarms(storm).flatMap(({ parts }) =>
            parts.flatMap((part) =>
              part.alarms.map(({ arn, since }) => [`${arn} ${since.toISOString()}`, part.runbook]),
            ),
          ),
        );
        for (const one of storm) {
          const found = runbooks.get(changeOf(one));
          if (one.runbook && runbooks.has(changeOf(one))) expect(found).toBe(one.runbook);
          if (!one.runbook && found) expect(OFF).not.toContain(found);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('have the parts of an incident by their urgency', () => {
    fc.assert(
      fc.property(anyStorm, (storm) => {
        for (const { parts } of foldAlarms(storm)) {
          const ranks = parts.map(({ runbook }) =>
            runbook && !OFF.includes(runbook) ? RUNBOOK_IDS.indexOf(runbook) : RUNBOOK_IDS.length,
          );
          expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('are folded the same in any order', () => {
    fc.assert(
      fc.property(anyStorm, fc.infiniteStream(fc.nat()), (storm, chance) => {
        const grouped = (some: readonly SortedAlarm[]) =>
          foldAlarms(some)
            .map((one) => arnsOf(one).sort().join(' '))
            .sort();
        const shuffled = storm
          .map((one) => ({ one, at: chance.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one);
        expect(grouped(shuffled)).toEqual(grouped(storm));
      }),
      { numRuns: 200 },
    );
  });
});

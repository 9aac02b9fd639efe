import { describe, expect, it } from 'vitest';
import { modeOfSchedule, parsePolicy } from '../../../shared/core/policy.ts';
import { inWords } from '../policy-problems.ts';

describe('calendars and schedules', () => {
  const office = { timezone: 'Asia/Seoul', on: 'Mon-Fri 08:00-21:00', holidays: 'KR' };
  const WINDOWS =
    'days and times such as "Mon-Fri 08:00-21:00", "Mon,Wed 08:00-12:00, 13:00-18:00", "Fri 22:00-06:00", ' +
    '"first Mon 09:00-17:00", "2026-11-25 00:00-24:00" or "2026-11-25..2026-11-30 06:00-24:00"';
  const PLACE = 'a country such as KR or a region such as DE-BE or US-NY';

  it('have their defaults, and lists where one may stand', () => {
    const policy = parsePolicy({ calendars: { office }, schedules: { dev: { calendar: 'office' } } });
    expect(policy.calendars).toEqual({
      office: { timezone: 'Asia/Seoul', on: ['Mon-Fri 08:00-21:00'], holidays: ['KR'], off: [] },
    });
    expect(policy.schedules).toEqual({
      dev: {
        calendar: 'office',
        manual: 'respect',
        order: [
          ['databases', 'warehouses'],
          ['instances', 'groups', 'services'],
        ],
        stopAtMost: 500,
        alarms: 'keep',
      },
    });
    expect(parsePolicy(policy)).toEqual(policy);
  });

  it.each<[string, object, string[]]>([
    ['a time zone that does not exist', { timezone: 'Asia/Soeul' }, ['timezone: an IANA time zone such as Asia/Seoul']],
    ['no window', { on: [] }, ['on: at least one window: nothing would ever be on']],
    ['nothing where windows belong', { on: undefined }, ['on: one window or a list of windows, each days and times']],
    ['windows that are none', { on: ['Mon-Fri', 'Sat 08:00-20:00', 8] }, [`on[0]: ${WINDOWS}`, `on[2]: ${WINDOWS}`]],
    ['a country by its name', { holidays: ['KR', 'Korea'] }, [`holidays[1]: ${PLACE}`]],
    ['holidays that are no list', { holidays: true }, [`holidays: ${PLACE}, or a list of them`]],
    [
      'own days that are none',
      {
        off: [
          { from: '2026-02-30', why: 'a day' },
          { from: '2026-02-20', why: '' },
        ],
      },
      ['off[0].from: a date such as 2026-11-20', 'off[1].why: the reason, in words'],
    ],
    [
      'own days that end before they begin',
      { off: [{ from: '2026-02-20', to: '2026-02-19', why: 'a day' }] },
      ['off[0].to: after `from`: the range is half-open'],
    ],
    ['a key that does not exist', { of: [] }, ['of: unknown key; allowed: timezone, on, holidays, off']],
  ])('a calendar is refused for %s', (_, spoiled, said) => {
    expect(inWords({ calendars: { office: { ...office, ...spoiled } } })).toEqual(
      said.map((one) => `calendars.office.${one}`),
    );
  });

  it.each<[string, object, string[]]>([
    ['a calendar that does not exist', { calendar: 'ofice' }, ['calendar: a calendar of the policy: office']],
    ['no calendar', { calendar: undefined }, ['calendar: the name of a calendar']],
    ['a switch that is a truth', { manual: true }, ['manual: respect or enforce']],
    ['alarms that are a truth', { alarms: true }, ['alarms: keep or mute']],
    ['a mode that is none', { mode: 'on' }, ['mode: off, report, approve, or auto']],
    ['a limit of nothing', { stopAtMost: 0 }, ['stopAtMost: a whole number from 1 to 5000']],
    ['a limit above all limits', { stopAtMost: 5001 }, ['stopAtMost: a whole number from 1 to 5000']],
    ['an empty group', { order: [['databases'], []] }, ['order[1]: at least one kind or name']],
    [
      'groups that are no lists',
      { order: ['databases'] },
      [
        'order[0]: a group: a list, each `databases`, `warehouses`, `instances`, `groups`, `services` or a name; * stands for any characters',
      ],
    ],
  ])('a schedule is refused for %s', (_, spoiled, said) => {
    const schedules = { dev: { calendar: 'office', ...spoiled } };
    expect(inWords({ calendars: { office }, schedules })).toEqual(said.map((one) => `schedules.dev.${one}`));
  });

  it('have a mode of their own, else the default; there is none to go by where the policy has no such schedule', () => {
    const policy = parsePolicy({
      defaults: { mode: 'approve' },
      calendars: { office },
      schedules: { dev: { calendar: 'office', mode: 'auto' }, test: { calendar: 'office' } },
    });
    const modes = ['dev', 'test', 'prod', 'constructor'].map((name) => modeOfSchedule(policy, name));
    expect(modes).toEqual(['auto', 'approve', 'off', 'off']);
  });

  it('are refused under names that a tag could not carry, and where there is no calendar at all', () => {
    expect(inWords({ calendars: { 'a*': office }, schedules: { 'b,c': { calendar: 'a' } } })).toEqual([
      'calendars.a*: a name of letters, digits and hyphens, at most 64',
      'schedules.b,c: a name of letters, digits and hyphens, at most 64',
    ]);
    expect(inWords({ schedules: { dev: { calendar: 'office' } } })).toEqual([
      'schedules.dev.calendar: a calendar of the policy, which has none',
    ]);
    expect(inWords({ calendars: [office], schedules: 'dev' })).toEqual([
      'calendars: calendars by name, each {timezone?, on, holidays?, off?}',
      'schedules: schedules by name, each {calendar, mode?, manual?, order?, stopAtMost?, alarms?}',
    ]);
  });
});

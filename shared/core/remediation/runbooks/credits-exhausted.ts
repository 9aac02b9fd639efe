import { unknown } from '../../evidence.ts';
import { codeOwnerOf, lineIn } from '../../rules/infrastructure-code.ts';
import { resizeStep, undoOfResize, whyTied } from '../../rules/resize.ts';
import { presentType } from '../../rules/sizing.ts';
import { classUp, outageLine } from '../class-up.ts';
import type { AlarmedDatabase, AlarmedInstance, Remedy, RunbookFacts, RunbookSettings } from '../runbook.ts';
import { type Hold, whatAStopLoses, whyUntouched } from '../stop-loss.ts';
import { describeAlarm, leftTo, leftUnknown, shownOf } from '../words.ts';

type Verdict = Omit<Remedy, 'evidence' | 'charts'>;

/**
 * credits-exhausted
 *   > Let a burstable instance without CPU credits go on at a price: `unlimited`, which takes effect at once and can be taken
 *   > back. Where it is unlimited already, surplus credits are what is billed: one type up. Of a database: one class up. A
 *   > person says yes to it whatever the mode is (EC2 User Guide, "Unlimited mode for burstable performance instances").
 *   > Left: not burstable; owned by a controller or an Auto Scaling group; code that it is made from; T types on a Dedicated
 *   > Host, which have no unlimited mode; of a resize, what a stop would lose, and no larger type.
 */
export function creditsExhausted(facts: RunbookFacts, settings: RunbookSettings): Remedy {
  const { resource } = facts;
  const because = describeAlarm(facts, settings);
  const { evidence, charts } = shownOf(facts);
  if (resource.type === 'database')
    return {
      ...classUp(resource, because),
      evidence: [...evidence, ...unlimitedLines(resource), outageLine(resource)],
      charts,
    };
  return { ...judge(resource, because), evidence: [...creditLines(resource), ...evidence], charts };
}

const LOOK = 'see what takes its CPU: the evidence here, then top on the instance';

function judge(resource: AlarmedInstance, because: string): Verdict {
  const { facts, credits } = resource;
  if (!credits) return leftTo(LOOK, `${because}; ${facts.instanceType} has no CPU credits`);
  if (!credits.known) return leftUnknown(LOOK, `${because}; its credit mode is unknown: ${credits.why}`);
  const untouched = whyUntouched(resource);
  if (untouched) return leftTo(LOOK, `${because}; ${untouched.because}`);
  return credits.value === 'standard' ? unlimited(resource, because) : typeUp(resource, because);
}

function unlimited({ facts }: AlarmedInstance, because: string): Verdict {
  if (facts.tenancy === 'host') return leftTo(LOOK, `${because}; on a Dedicated Host there is no unlimited mode`);
  const owner = codeOwnerOf(facts.tags);
  if (owner)
    return leftTo(
      lineIn(
        owner,
        { CloudFormation: 'CreditSpecification.CPUCredits', Terraform: 'credit_specification.cpu_credits' },
        'unlimited',
      ),
      `${because}; owned by ${owner.name}, which would take another credit mode back`,
    );
  const { identity, scope } = facts;
  return {
    act: {
      action: { kind: 'set-unlimited-credits', instance: identity, from: 'standard', to: 'unlimited' },
      undo: { reversibility: 'full' },
      onlyApproved: true,
      monthlyMore: unknown('surplus credits are billed by use, for what it takes above its baseline over 24 hours'),
    },
    because: `${because}; in the mode standard it is held down to its baseline until it has earned credits`,
    next: `aws ec2 modify-instance-credit-specification --region ${scope.region} --instance-credit-specifications InstanceId=${identity.id},CpuCredits=unlimited`,
  };
}

function typeUp(resource: AlarmedInstance, alarm: string): Verdict {
  const { facts, typeUp: up } = resource;
  const because = `${alarm}; it is unlimited: it is not held down, but what it takes above its baseline is billed`;
  if (!up.known) return leftUnknown(LOOK, `${because}; a larger type is unknown: ${up.why}`);
  if (!up.value) return leftTo(LOOK, `${because}; there is no larger type of its kind`);
  const { from, to, monthlyMore } = up.value;
  const step = resizeStep(facts, to);
  const owner = codeOwnerOf(facts.tags);
  if (owner) return leftTo(step, `${because}; owned by ${owner.name}, which would take another type back`);
  const hold = whatAStopLoses(resource) ?? tied(resource);
  if (hold) return { ...leftTo(step, `${because}; ${hold.because}`), ...(hold.unknown ? { unknown: true } : {}) };
  return {
    act: {
      action: { kind: 'resize-instance', direction: 'gives', instance: facts.identity, from, to },
      undo: undoOfResize(facts),
      onlyApproved: true,
      monthlyMore,
    },
    because: `${because}; ${to} is one step up from ${from}`,
    next: step,
  };
}

/** What ties it to the type that it has. */
function tied({ facts }: AlarmedInstance): Hold | undefined {
  if (facts.hardware.hibernation) return { because: 'it is enabled for hibernation: EC2 does not change its type' };
  const present = presentType(facts);
  if (!present.known) return { because: `its type is unknown: ${present.why}`, unknown: true };
  const because = whyTied(facts, present.value);
  return because === undefined ? undefined : { because };
}

/** RDS runs these so, and has no other mode of them (RDS User Guide, "DB instance class types"). */
const unlimitedLines = ({ facts: { classes } }: AlarmedDatabase): string[] =>
  classes.some((name) => /^db\.t(3|4g)\./.test(name))
    ? ['credit mode: unlimited: it is not held down, but what it takes above its baseline is billed']
    : [];

const creditLines = ({ credits, typeUp: up }: AlarmedInstance): string[] => [
  ...(credits ? [`credit mode: ${credits.known ? credits.value : `unknown, ${credits.why}`}`] : []),
  ...(up.known && up.value ? [`one type up: ${up.value.to}, if it is short of credits day by day`] : []),
];

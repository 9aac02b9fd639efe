import { type OnHours, onHoursFor } from '../calendar/on-hours.ts';
import { unprovenImage } from '../sizing/compatible.ts';
import type { InstanceTypeFacts } from '../sizing/instance-type.ts';
import { type Shrink, type SizingVerdict, sizeOf } from '../sizing/size.ts';
import { type ActVerdict, type FindVerdict, type Judgement, lacks, leave, leaveUnknown } from '../verdict.ts';
import type { JudgeContext } from './exempt.ts';
import { codeOwnerOf } from './infrastructure-code.ts';
import { resizeAction, resizeStep, sizedMachine, undoOfResize, whyNoAge, whyTied } from './resize.ts';
import { tooSmall, whileOn } from './saving.ts';
import { atLeast, demandOf, type Machine, type Piece, presentType, resizeSaving, sizingPolicy } from './sizing.ts';

/**
 * Whether a cheaper type would do for a machine that may be resized. It is asked again and again as its demand is read
 * piece by piece: what was not read counts as nothing, and if even then no cheaper type will do, nothing more is read.
 * What is not proven, and what belongs to code, is a suggestion.
 */
export function judgeShrink(machine: Machine, context: JudgeContext): Judgement {
  const onHours = onHoursFor(machine.tags, context);
  if (!onHours.known) return leaveUnknown(onHours.why);
  if (!machine.evidence.offered) return lacks('offered');
  const present = presentType(machine);
  if (!present.known) return leaveUnknown(present.why);
  if (present.value.localDiskGb > 0 && machine.type === 'instance')
    return leave('a stop would lose the data on its local disks (instance store)');
  const tied = whyTied(machine, present.value);
  if (tied) return leave(tied);

  const verdict = sized({ machine, present: present.value, onHours: onHours.value }, context);
  if (verdict.verdict === 'grow') return leave(`it is short of something: ${verdict.because}`);
  if (verdict.verdict === 'keep') return kept(machine, verdict);
  const saving = whileOn(resizeSaving(present.value, verdict.to), onHours.value);
  const small = tooSmall(saving, context.policy, `${verdict.to.name} is enough, but`);
  if (small) return leave(small);
  const next = nextPiece(machine, present.value, verdict.to);
  if (next) return lacks(next);

  const found = { machine, present: present.value, verdict, saving };
  const why = whyOnlySuggested(machine, verdict, context);
  if (why) return suggestion(found, why);
  if (!machine.evidence.traffic) return lacks('traffic', proposal(found));
  return proposal(found);
}

interface Sized {
  readonly machine: Machine;
  readonly present: InstanceTypeFacts;
  readonly onHours: OnHours | undefined;
}

function sized({ machine, present, onHours }: Sized, context: JudgeContext): SizingVerdict {
  const { offered } = machine.evidence;
  const demand = demandOf(machine, present, { now: context.now, onHours, unread: atLeast });
  const question = { machine: sizedMachine(machine, present), demand, policy: sizingPolicy(machine, context) };
  const types = offered?.known ? offered.value : [];
  return sizeOf(
    question,
    types.filter((type) => !halvesBlindly(type, machine, present)),
  );
}

/** Where nobody knows how much memory is in use, at most half of it is suggested away. */
export const halvesBlindly = (type: InstanceTypeFacts, { evidence }: Machine, present: InstanceTypeFacts): boolean =>
  evidence.memoryHours?.known === false && 2 * type.memoryMib < present.memoryMib;

/** Before anything was read only the offer can speak against a cheaper type. */
function kept({ evidence }: Machine, { because, unknown }: { because: string; unknown?: true }): Judgement {
  if (unknown) return leaveUnknown(because);
  return leave(evidence.cpuDays ? because : 'no cheaper type is offered and permitted');
}

function nextPiece(
  machine: Machine,
  { burstable, memoryMib }: InstanceTypeFacts,
  to: InstanceTypeFacts,
): Piece | undefined {
  const pieces: readonly Piece[] = [
    'cpuDays',
    'cpuHours',
    ...(burstable ? ['creditHours' as const] : []),
    'memoryHours',
    ...(machine.type === 'database' && to.memoryMib < memoryMib ? ['peakConnections' as const] : []),
  ];
  const evidence: Readonly<Partial<Record<Piece, unknown>>> = machine.evidence;
  return pieces.find((piece) => !evidence[piece]);
}

interface Found {
  readonly machine: Machine;
  readonly present: InstanceTypeFacts;
  readonly verdict: Shrink;
  readonly saving: ReturnType<typeof resizeSaving>;
}

function whyOnlySuggested(machine: Machine, { unproven }: Shrink, context: JudgeContext): string | undefined {
  const owner = codeOwnerOf(machine.tags);
  const replicates = machine.type === 'database' && machine.replication.length > 0;
  const reasons = [
    ...unproven,
    ...whyNoAge(machine, context),
    ...(owner ? [`owned by ${owner.name}, which would take the change back`] : []),
    ...(replicates ? [`it is ${machine.replication.join(', ')}: sources and replicas want to be sized together`] : []),
  ];
  if (reasons.length === 0) return undefined;
  return [...reasons, ...(machine.evidence.traffic ? [] : ['its network and volumes were not looked at'])].join('; ');
}

const because = ({ verdict }: Found): string =>
  `${verdict.to.name} is enough: ${verdict.because}; ${verdict.whyNotSmaller}`;

const proposal = (found: Found): ActVerdict => ({
  verdict: 'act',
  action: resizeAction(found.machine, found.verdict.to.name),
  because: because(found),
  saving: found.saving,
  undo: undoOfResize(found.machine),
});

const suggestion = (found: Found, note: string): FindVerdict => ({
  verdict: 'find',
  kind: 'suggestion',
  because: because(found),
  note,
  step: stepOf(found),
  saving: found.saving,
});

function stepOf({ machine, present, verdict: { to } }: Found): string {
  const otherImage = unprovenImage(to, sizedMachine(machine, present)).length > 0;
  if (!otherImage || codeOwnerOf(machine.tags)) return resizeStep(machine, to.name);
  return `launch an instance of the type ${to.name} from an image for ${to.architectures.join(' or ')}, and move over to it`;
}

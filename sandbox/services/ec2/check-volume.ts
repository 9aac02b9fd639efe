import { type Limits, VOLUME_TYPES, type VolumeShape } from '../../catalogue/volume-types.ts';
import { AwsError } from '../../http/errors.ts';

/** @throws AwsError for a size, IOPS or throughput that the type does not have, alone or together */
export function checkVolume({ VolumeType, Size, Iops, Throughput }: VolumeShape): void {
  const { gib, iops, throughput } = VOLUME_TYPES[VolumeType];
  checkLimits('size', Size, gib);
  if (Iops !== undefined) {
    if (!iops) throw notSupported('iops', VolumeType);
    checkLimits('iops', Iops, iops);
    // What every gp3 volume has for nothing is allowed at any size.
    const free = VolumeType === 'gp3' && Iops <= iops.least;
    if (!free && Iops / Size > iops.perGib)
      throw invalid(`Iops to volume size ratio of ${(Iops / Size).toFixed(6)} is too high; maximum is ${iops.perGib}`);
  }
  if (Throughput !== undefined) {
    if (!throughput) throw notSupported('throughput', VolumeType);
    checkLimits('throughput', Throughput, throughput);
    const ratio = Throughput / (Iops ?? 3000);
    if (ratio > throughput.perIops)
      throw invalid(
        `Throughput (MiBps) to iops ratio of ${ratio.toFixed(6)} is too high; maximum is ${throughput.perIops.toFixed(6)} MiBps per iops`,
      );
  }
}

function checkLimits(what: string, value: number, { least, most }: Limits): void {
  const unit = what === 'size' ? 'GiB' : '';
  if (value < least) throw invalid(`Volume ${what} of ${value}${unit} is too low; minimum is ${least}${unit}.`);
  if (value > most) throw invalid(`Volume ${what} of ${value}${unit} is too high; maximum is ${most}${unit}.`);
}

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message);
const notSupported = (parameter: string, type: string): AwsError =>
  new AwsError('InvalidParameterCombination', `The parameter ${parameter} is not supported for ${type} volumes.`);

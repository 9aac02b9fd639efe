import { MACHINES, type Machine } from './machine.ts';

/** A database class and the machine that it runs on. */
export interface DatabaseClass {
  /** `db.m7g.large` */
  readonly name: string;
  /** `m7g` */
  readonly family: string;
  readonly machine: Machine;
}

/** Families of RDS by the families of EC2 that they run on. */
const FAMILIES: Readonly<Record<string, string>> = {
  t3: 't3',
  t4g: 't4g',
  m5: 'm5',
  m5d: 'm5d',
  m6g: 'm6g',
  m6i: 'm6i',
  m7g: 'm7g',
  m7i: 'm7i',
  r5: 'r5',
  r6g: 'r6g',
  r6i: 'r6i',
  r7g: 'r7g',
  r7i: 'r7i',
  x2gd: 'x2g',
};

const isSold = ({ family, size }: Machine): boolean =>
  size !== 'nano' && size !== 'metal' && (size !== 'medium' || family.name.startsWith('t'));

/** Every database class that the sandbox knows, family by family. */
export const DATABASE_CLASSES: readonly DatabaseClass[] = MACHINES.filter(isSold).flatMap((machine) => {
  const family = FAMILIES[machine.family.name];
  return family === undefined ? [] : [{ name: `db.${family}.${machine.size}`, family, machine }];
});

const byName = new Map(DATABASE_CLASSES.map((one) => [one.name, one]));

/** Undefined for what is no class, or none that the sandbox knows. */
export const databaseClassOf = (name: string): DatabaseClass | undefined => byName.get(name);

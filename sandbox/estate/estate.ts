import type { Clock } from '../clock.ts';
import { getOrMake } from '../maps.ts';
import { createPriceList, type PriceList } from '../prices/price-list.ts';
import { Account } from './account.ts';
import { Billing } from './billing.ts';
import { AccessKeys } from './identity.ts';
import type { World } from './place.ts';

/**
 * Every account of the sandbox. Seeding code and tests read and write it directly; the SDK's clients see
 * the same state over HTTP. Accounts and regions come into being when first named.
 *
 *     sandbox.estate.account('111122223333').region('eu-west-1').ec2.addInstance({ InstanceType: 'm7g.large' });
 */
export class Estate {
  readonly accessKeys: AccessKeys;
  /** What the Pricing API knows; the same for every account. */
  readonly prices: PriceList = createPriceList();
  /** What the accounts cost, and who may see it. */
  readonly billing: Billing;
  readonly #world: World;
  readonly #accounts = new Map<string, Account>();

  constructor(world: World) {
    this.#world = world;
    this.accessKeys = new AccessKeys(world);
    this.billing = new Billing(world.hubAccount);
  }

  /** The account from which Lamplighter looks after the others. */
  get hub(): Account {
    return this.account(this.#world.hubAccount);
  }

  get clock(): Clock {
    return this.#world.clock;
  }

  account(id: string): Account {
    if (!/^\d{12}$/.test(id)) throw new TypeError(`an account id has twelve digits, '${id}' does not`);
    return getOrMake(this.#accounts, id, () => new Account(id, this.#world, this.accessKeys));
  }

  /** The account if anybody has named it yet. */
  existing(id: string): Account | undefined {
    return this.#accounts.get(id);
  }

  accounts(): readonly Account[] {
    return [...this.#accounts.values()];
  }
}

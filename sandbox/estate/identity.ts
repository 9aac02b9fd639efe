import { base32 } from '../random.ts';
import type { World } from './place.ts';

/** A role that others may assume. */
export interface Role {
  readonly name: string;
  readonly arn: string;
  /** `AROA...`, the first half of the user id of whoever assumed it. */
  readonly id: string;
  /** Whom it trusts: role ARNs, user ARNs, `arn:aws:iam::ACCOUNT:root`, bare account ids, or `*`. */
  readonly trusts: readonly string[];
  readonly externalId?: string;
}

export interface RoleSpec {
  /** Default: every principal of the hub account. */
  readonly trusts?: readonly string[];
  readonly externalId?: string;
}

/** Who signs with an access key. */
export interface Principal {
  readonly account: string;
  /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` or `arn:aws:iam::ACCOUNT:user/NAME`. */
  readonly arn: string;
  readonly userId: string;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Only what STS hands out has one. */
  readonly sessionToken?: string;
}

/** Every access key of the sandbox. Secrets are handed out but signatures are not verified. */
export class AccessKeys {
  readonly #world: World;
  readonly #principals = new Map<string, Principal>();

  constructor(world: World) {
    this.#world = world;
  }

  /** A long-lived key, as a user has. */
  issue(principal: Principal): Credentials {
    return this.#remember('AKIA', principal);
  }

  /** A temporary key with a session token, as STS hands out. */
  issueTemporary(principal: Principal): Required<Credentials> {
    return { ...this.#remember('ASIA', principal), sessionToken: base32(this.#world.random, 120) };
  }

  principalOf(accessKeyId: string): Principal | undefined {
    return this.#principals.get(accessKeyId);
  }

  #remember(prefix: string, principal: Principal): Credentials {
    const accessKeyId = prefix + base32(this.#world.random, 16);
    this.#principals.set(accessKeyId, principal);
    return { accessKeyId, secretAccessKey: base32(this.#world.random, 40) };
  }
}

/** Whether a role's trust policy lets `principal` in. An assumed role is also known by its role's ARN. */
export function trusted(role: Role, principal: Principal): boolean {
  const session = /^arn:aws:sts::(\d+):assumed-role\/([^/]+)\//.exec(principal.arn);
  const names = new Set([
    '*',
    principal.account,
    `arn:aws:iam::${principal.account}:root`,
    principal.arn,
    ...(session ? [`arn:aws:iam::${session[1]}:role/${session[2]}`] : []),
  ]);
  return role.trusts.some((one) => names.has(one));
}

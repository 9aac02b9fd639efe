import { SignatureV4 } from '@smithy/signature-v4';

/**
 * What stands in for `@aws-sdk/signature-v4-multi-region`, by which STS could sign for several regions at once: 4 KB. No
 * function asks for that, and without another package it could not be had either.
 */
export class SignatureV4MultiRegion extends SignatureV4 {
  static sigv4aDependency(): 'none' {
    return 'none';
  }
}

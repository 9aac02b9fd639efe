/** What sessions of a database wait for, or are busy with, in average active sessions at every moment. */
export interface DatabaseLoad {
  readonly waits?: readonly { readonly name: string; readonly type: string; readonly load: number }[];
  /** By their digests: the text as the engine leaves it, which may have values in it all the same. */
  readonly statements?: readonly { readonly id: string; readonly statement: string; readonly load: number }[];
}

/** Performance Insights of one account and region: what it counted, by DbiResourceId. It has nothing of itself. */
export class PerformanceInsightsState {
  readonly loads = new Map<string, DatabaseLoad>();
}

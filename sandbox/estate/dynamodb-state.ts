/** What dynalite does not keep of the tables of one account and region. */
export class DynamoDbState {
  /** Since when a table can be restored to any point in time, by its name. */
  readonly recoverableSince = new Map<string, Date>();
}

/**
 * What stands in for `mnemonist/lru-cache`, in which the DynamoDB client keeps endpoints that it discovered: 7 KB. They
 * are so few that none ever has to go.
 */
export default class EndpointMap<Key, Value> extends Map<Key, Value> {
  // The other one takes a capacity, of which a map would make its first entries.
  constructor(_capacity: number) {
    super();
  }

  peek(key: Key): Value | undefined {
    return this.get(key);
  }
}

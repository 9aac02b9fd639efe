/**
 * What stands in for `@smithy/core/event-streams` in a bundle: 12 KB that every client would bring for operations that
 * answer in a stream of events. No function calls one; who did would hear it at once.
 */
export class EventStreamSerde {
  constructor() {
    throw new Error('operations with event streams need @smithy/core/event-streams in the bundle');
  }
}

export const eventStreamSerdeProvider = (): undefined => undefined;

/** The Lambda client asks for it when it is made, whatever will be called. */
export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;

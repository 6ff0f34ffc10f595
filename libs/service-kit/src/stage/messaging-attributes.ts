import type { Attributes } from '@opentelemetry/api';
import type { EventKey } from '@qloom/episode-log/event-key.ts';
import type { EpisodeLog, LogEvent } from '@qloom/episode-log/port.ts';
import {
  ATTR_MESSAGING_CONSUMER_GROUP_NAME,
  ATTR_MESSAGING_DESTINATION_NAME,
  ATTR_MESSAGING_DESTINATION_TEMPLATE,
  ATTR_MESSAGING_MESSAGE_ID,
  ATTR_MESSAGING_OPERATION_NAME,
  ATTR_MESSAGING_OPERATION_TYPE,
  ATTR_MESSAGING_SYSTEM,
  ATTR_MESSAGING_SYSTEM_NAME,
} from '@qloom/telemetry/semconv.ts';

type Addressed = Pick<EpisodeLog, 'address'>;

/** Attributes of the span of a producer that writes `key`, by the messaging conventions; see also {@link appendedAttributes}. */
export function producerAttributes(log: Addressed, key: EventKey): Attributes {
  return {
    ...placeAttributes(log, key),
    [ATTR_MESSAGING_OPERATION_TYPE]: 'send',
    [ATTR_MESSAGING_OPERATION_NAME]: 'append',
  };
}

/** Attributes of the span of a producer that are known once its event is in the log. */
export function appendedAttributes({ sequence }: Pick<LogEvent, 'sequence'>): Attributes {
  return { [ATTR_MESSAGING_MESSAGE_ID]: String(sequence) };
}

/** Attributes of the span of a consumer of `event`; `group` is the durable consumer, if the event came through one. */
export function consumerAttributes(
  log: Addressed,
  { key, sequence }: Pick<LogEvent, 'key' | 'sequence'>,
  group?: string,
): Attributes {
  return {
    ...placeAttributes(log, key),
    [ATTR_MESSAGING_MESSAGE_ID]: String(sequence),
    [ATTR_MESSAGING_OPERATION_TYPE]: 'process',
    [ATTR_MESSAGING_OPERATION_NAME]: group === undefined ? 'watch' : 'consume',
    ...(group === undefined ? {} : { [ATTR_MESSAGING_CONSUMER_GROUP_NAME]: group }),
  };
}

function placeAttributes({ address }: Addressed, key: EventKey): Attributes {
  return {
    [ATTR_MESSAGING_SYSTEM]: address.system,
    [ATTR_MESSAGING_SYSTEM_NAME]: address.system,
    [ATTR_MESSAGING_DESTINATION_NAME]: address.placeOf(key),
    [ATTR_MESSAGING_DESTINATION_TEMPLATE]: address.placesOf(key.slot),
  };
}

/** Maximum length of the message of a status, a slot's failure or a log line. Unit: bytes of UTF-8. */
export const MAX_MESSAGE_BYTES = 2_048;

/**
 * How much longer a message may be on the wire, where gRPC percent-encodes it (a space is three bytes, a Chinese
 * character nine). 4,096 encoded bytes alone, and 3,200 of a message with 3,200 bytes of details in base64, stay below the 8 KiB of trailers
 * that a gRPC peer accepts by default.
 */
const ENCODED = 2;

/** Room for the note that a message was cut. Unit: bytes, on the wire. */
const NOTE_BYTES = 80;

/**
 * A message within the limits: unchanged, or its beginning and its original length. Lone surrogates, which no encoder
 * accepts, become U+FFFD. Our own messages cut each value that they quote (`quoted` of `@qloom/tensor`) and stay whole;
 * this bounds the messages of other implementations.
 */
export function boundedMessage(message: string, maxBytes = MAX_MESSAGE_BYTES): string {
  const whole = message.toWellFormed();
  if (endOfBudget(whole, maxBytes) === whole.length) return whole;
  const start = whole.slice(0, endOfBudget(whole, maxBytes - NOTE_BYTES));
  return `${start}… (cut; ${whole.length} characters in all)`;
}

/** Where `text` must end to stay within `maxBytes`, plain and encoded; its length where it does. Splits no character. */
function endOfBudget(text: string, maxBytes: number): number {
  let end = 0;
  let bytes = 0;
  let encoded = 0;
  for (const character of text) {
    const size = Buffer.byteLength(character);
    bytes += size;
    encoded += UNRESERVED.test(character) ? 1 : 3 * size;
    if (bytes > maxBytes || encoded > ENCODED * maxBytes) return end;
    end += character.length;
  }
  return end;
}

/** What `encodeURI`, with which grpc-js encodes messages, leaves as it is. */
const UNRESERVED = /[A-Za-z0-9;,/?:@&=+$\-_.!~*'()#]/;

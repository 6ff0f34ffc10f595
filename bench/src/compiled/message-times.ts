import { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { decodeTensor, encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { median } from '../harness/percentile.ts';
import { SMALL, smallFitData } from './small-fit.ts';
import { warm } from './split-times.ts';

/** Sizes of the messages of an exchange, and the time to encode and decode them on both sides, in milliseconds. */
export interface MessageTimes {
  readonly requestBytes: number;
  readonly answerBytes: number;
  readonly serialization: number;
}

/** An answer's losses, as the critic names them. */
const LOSSES = [
  'adversarial',
  'feature-matching',
  'critic.loss',
  'critic.penalty',
  'critic.real_logit',
  'critic.fake_logit',
  'critic.augmentation',
].map((name) => ({ name, value: 0.5 }));

/** Frames of HTTP/2 and gRPC around a message. */
const FRAMES = 14;

/** Times the messages of the small setting. */
export function timeMessages(count: number): MessageTimes {
  const rows = Number(SMALL['gan.batchSize']);
  const { features } = smallFitData().points;
  const x = new Float32Array(rows * features).fill(0.5);
  const { requestSerialize, requestDeserialize, responseSerialize, responseDeserialize } =
    DiscriminatorServiceService.critique;
  const floats = { dtype: 'float32', shape: [rows, features] } as const;
  const times: number[] = [];
  let [requestBytes, answerBytes] = [0, 0];
  for (let index = 0; index < count; index++) {
    const start = performance.now();
    const points = encodeTensor(x, [rows, features]);
    const classes = encodeTensor(new Int32Array(rows));
    const step = { index, x: points, classes, update: true, wantGradient: true };
    const request = requestSerialize({ part: { $case: 'step', value: step } });
    const asked = requestDeserialize(request).part;
    if (asked?.$case === 'step') decodeTensor(asked.value.x, floats);
    const logits = encodeTensor(new Float32Array(rows));
    const stepResult = { index, logits, losses: LOSSES, gradient: encodeTensor(x, [rows, features]) };
    const answer = responseSerialize({ part: { $case: 'stepResult', value: stepResult } });
    const told = responseDeserialize(answer).part;
    if (told?.$case === 'stepResult') decodeTensor(told.value.gradient, floats);
    times.push(performance.now() - start);
    [requestBytes, answerBytes] = [request.length + FRAMES, answer.length + FRAMES];
  }
  return { requestBytes, answerBytes, serialization: median(warm(times)) };
}

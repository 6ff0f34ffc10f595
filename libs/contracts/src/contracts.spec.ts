import { SlotEvent } from './gen/qloom/episode/v1/slots.ts';
import { GeneratorServiceService } from './gen/qloom/generator/v1/generator.ts';
import { Dtype, Tensor } from './gen/qloom/tensor/v1/tensor.ts';

describe('generated contracts', () => {
  it('round-trips a tensor with its bytes', () => {
    const tensor: Tensor = {
      dtype: Dtype.FLOAT32,
      shape: [2, 1],
      data: Buffer.from(Float32Array.of(1.5, -2).buffer),
    };
    const decoded = Tensor.decode(Tensor.encode(tensor).finish());
    expect(decoded.shape).toEqual([2, 1]);
    expect(Buffer.compare(decoded.data, tensor.data)).toBe(0);
  });

  it('keeps a slot whose facts are absent apart from one whose facts are empty', () => {
    const empty = SlotEvent.fromPartial({ study: 's', facts: { $case: 'fit', value: { folds: [] } } });
    expect(SlotEvent.decode(SlotEvent.encode(empty).finish()).facts?.$case).toBe('fit');
    expect(SlotEvent.decode(SlotEvent.encode(SlotEvent.fromPartial({ study: 's' })).finish()).facts).toBeUndefined();
  });

  it('names its methods as other languages call them', () => {
    expect(GeneratorServiceService.fit.path).toBe('/qloom.generator.v1.GeneratorService/Fit');
  });
});

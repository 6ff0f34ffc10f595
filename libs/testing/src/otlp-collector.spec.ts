import { assertEdge, type CollectedSpan, startOtlpCollector } from './otlp-collector.ts';

function span(service: string, name: string, spanId: string, parentSpanId = ''): CollectedSpan {
  return {
    service,
    resource: {},
    name,
    traceId: 't',
    spanId,
    parentSpanId,
    kind: 1,
    status: 0,
    attributes: {},
    links: [],
    startMs: 0,
    endMs: 1,
  };
}

describe('assertEdge', () => {
  const spans = [span('agent', 'propose', 'a'), span('generator', 'fit', 'b', 'a'), span('qnn-sim', 'fit', 'c')];

  it('accepts an edge by name, and by service and name', () => {
    expect(() => assertEdge(spans, 'propose', 'fit')).not.toThrow();
    expect(() => assertEdge(spans, 'agent:propose', 'generator:fit')).not.toThrow();
  });

  it('refuses an edge that is not there, and lists those that are', () => {
    expect(() => assertEdge(spans, 'agent:propose', 'qnn-sim:fit')).toThrow(/agent:propose → generator:fit/);
    expect(() => assertEdge(spans, 'fit', 'propose')).toThrow(/no span propose has a parent fit/);
  });
});

describe('the collector', () => {
  it('keeps the spans that it receives, with their service', async () => {
    const collector = await startOtlpCollector();
    try {
      const waiting = collector.span('fit', 'generator');
      const received = {
        traceId: 't',
        spanId: 's',
        name: 'fit',
        startTimeUnixNano: '1000000',
        endTimeUnixNano: '3000000',
      };
      const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'generator' } }] };
      const answer = await fetch(`${collector.endpoint}/v1/traces`, {
        method: 'POST',
        body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [received] }] }] }),
      });
      expect(answer.status).toBe(200);
      expect(await waiting).toMatchObject({ startMs: 1, endMs: 3, parentSpanId: '' });
    } finally {
      await collector.stop();
    }
  });

  it('answers 400 to what is no JSON', async () => {
    const collector = await startOtlpCollector();
    try {
      const answer = await fetch(`${collector.endpoint}/v1/traces`, { method: 'POST', body: '{' });
      expect(answer.status).toBe(400);
    } finally {
      await collector.stop();
    }
  });
});

import { ATTR_STUDY } from '@qloom/telemetry/schema.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { CommandError, UsageError } from '../command/errors.ts';
import type { KeptSpan } from './kept-span.ts';
import { parseOtlpTraces } from './otlp-json.ts';
import type { SpanSource } from './span-source.ts';

/** Options of {@link jaegerSpans}. */
export interface JaegerOptions {
  /** Start of the first trace that is looked for, milliseconds since the Unix epoch. Default: a week ago. */
  readonly fromMs?: number;
  /** Traces of one answer. Default 200. */
  readonly pageTraces?: number;
  readonly nowMs?: () => number;
}

const WEEK_MS = 7 * 86_400_000;

/** Clocks of services and of the log differ by less. Unit: milliseconds. */
const SKEW_MS = 60_000;

/** How long Jaeger may take for one answer. Unit: milliseconds. */
const ANSWER_MS = 60_000;

/** Root spans of a study's traces, which its agent writes: of an episode, of a job, of its creation, of its final evaluation. */
const ROOTS = ['propose', 'job', 'create-study', 'final-evaluation'];

/**
 * The spans of a Jaeger (version 2, or 1.62 and later), by its query API `/api/v3` at `url`
 * (jaegertracing.io/docs/latest/architecture/apis). That API cannot search by attribute, so that the agents' root spans are
 * searched page by page, the newest first, and the traces of other studies are left out. Its methods throw `CommandError`, with the
 * address, where Jaeger does not answer or refuses.
 */
export function jaegerSpans(
  url: string,
  { fromMs, pageTraces = 200, nowMs = Date.now }: JaegerOptions = {},
): SpanSource {
  const base = baseOf(url);
  const ask = (path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown[]> =>
    askJaeger(new URL(`${base}/api/v3/${path}?${new URLSearchParams(query)}`));
  const agents = async (): Promise<string[]> => {
    const [answer] = await ask('services');
    const names = ((answer ?? {}) as { services?: readonly string[] }).services ?? [];
    return names.filter((name) => /(^|[^a-z])agent$/.test(name));
  };
  async function* pages(service: string, root: string): AsyncGenerator<KeptSpan[]> {
    const start = (fromMs ?? nowMs() - WEEK_MS) - SKEW_MS;
    let end = nowMs() + SKEW_MS;
    for (;;) {
      const answers = await ask('traces', {
        'query.service_name': service,
        'query.operation_name': root,
        'query.start_time_min': new Date(start).toISOString(),
        'query.start_time_max': new Date(end).toISOString(),
        'query.search_depth': String(pageTraces),
      });
      const spans = answers.flatMap((answer) => parseOtlpTraces((answer as { result?: unknown }).result));
      yield spans;
      const traces = new Set(spans.map(({ traceId }) => traceId));
      const oldest = Math.min(...spans.filter(({ name }) => name === root).map(({ startMs }) => startMs));
      // Whole milliseconds, so that a trace on the border comes twice rather than never.
      const next = Math.ceil(oldest);
      if (traces.size < pageTraces || !(next < end)) return;
      end = next;
    }
  }
  return {
    place: base,
    async ofStudy(study) {
      const found = new Map<string, KeptSpan>();
      for (const service of await agents()) {
        for (const root of ROOTS) {
          for await (const spans of pages(service, root)) {
            const of = new Set(
              spans.filter(({ attributes }) => attributes[ATTR_STUDY] === study).map((span) => span.traceId),
            );
            for (const span of spans) if (of.has(span.traceId)) found.set(`${span.traceId}/${span.spanId}`, span);
          }
        }
      }
      return [...found.values()];
    },
  };
}

function baseOf(url: string): string {
  const right = 'right would be such as http://127.0.0.1:16686';
  if (!URL.canParse(url)) throw new UsageError(`traces: ${quoted(url)} is no URL; ${right}`);
  const { protocol, pathname, origin } = new URL(url);
  if (!/^https?:$/.test(protocol)) throw new UsageError(`traces: ${quoted(url)} is no URL of HTTP; ${right}`);
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

/** The JSON documents of an answer, which may be several, one after the other; none where nothing was found. */
async function askJaeger(url: URL): Promise<unknown[]> {
  const say = (text: string, cause?: unknown): CommandError =>
    new CommandError(`traces at ${url.origin}${url.pathname}: ${text}`, { cause });
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    text = await answer.text();
  } catch (error) {
    const { cause, message } = error as Error & { readonly cause?: Error };
    throw say(`no answer (${cause?.message || message}); look at the URL and whether its port is forwarded`, error);
  }
  const documents = jsonDocuments(text);
  if (documents === undefined) {
    throw say(`status ${answer.status}, and no JSON; right would be the base URL of Jaeger's query API, port 16686`);
  }
  if (answer.ok) return documents;
  const { error } = (documents[0] ?? {}) as { error?: { readonly message?: string } };
  if (answer.status === 404 && /no traces found|trace not found/i.test(error?.message ?? '')) return [];
  throw say(`status ${answer.status}: ${error?.message ?? 'without a reason'}`);
}

/** One document, or several in lines; undefined where the text is something else. */
function jsonDocuments(text: string): unknown[] | undefined {
  for (const parts of [[text], text.split('\n')]) {
    try {
      return parts.filter((part) => part.trim() !== '').map((part) => JSON.parse(part));
    } catch {
      // The other form.
    }
  }
  return undefined;
}

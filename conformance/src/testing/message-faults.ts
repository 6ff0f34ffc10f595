import type { Message, MessageChange } from './mutation.ts';

/** Requests of which the last message of a part is used only. */
export function lastOnly($case: string): MessageChange {
  const take = (call: Record<string, Message>) => {
    const { last } = call;
    call['last'] = undefined;
    return last === undefined ? [] : [last];
  };
  return {
    request(message, call) {
      if (message.part?.$case !== $case) return [...take(call), message];
      call['last'] = message;
      return undefined;
    },
    end: take,
  };
}

/** Requests of which the first message of a part is used only. */
export function firstOnly($case: string): MessageChange {
  return {
    request(message, call) {
      if (message.part?.$case !== $case) return message;
      call['count'] = (call['count'] ?? 0) + 1;
      return call['count'] === 1 ? message : undefined;
    },
  };
}

/** Responses whose points come in one message of any size. */
export function joinedPoints(): MessageChange {
  return {
    response(message, call) {
      if (message.part?.$case === 'points') {
        call['parts'] = [...(call['parts'] ?? []), message.part.value];
        return undefined;
      }
      const parts: Message[] = call['parts'] ?? [];
      const join = (tensors: Message[]) => ({
        ...tensors[0],
        shape: [tensors.reduce((rows, { shape }) => rows + shape[0], 0), ...tensors[0].shape.slice(1)],
        data: Buffer.concat(tensors.map(({ data }) => data)),
      });
      const value = { ...parts[0], x: join(parts.map(({ x }) => x)), y: join(parts.map(({ y }) => y)) };
      return [{ part: { $case: 'points', value } }, message];
    },
  };
}

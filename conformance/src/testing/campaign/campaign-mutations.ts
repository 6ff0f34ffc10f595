import { all, changing, type Message, type Mutation } from '../mutation.ts';

/** Another request of a method. */
export const asks =
  (method: string, change: (request: Message, instance: number) => Message): Mutation =>
  (right, instance) =>
    changing(method, { request: (request) => ({ ...request, ...change(request, instance) }) })(right, instance);
/** Another response of a method. */
export const answers = (method: string, change: (response: Message) => Message): Mutation =>
  changing(method, { response: (response) => ({ ...response, ...change(response) }) });
/** A change of the campaign of every response. */
export const states = (change: (campaign: Message) => Message): Mutation =>
  all(
    ...['createCampaign', 'getCampaign', 'ask', 'tell'].map((method) =>
      answers(method, ({ campaign }) => ({ campaign: { ...campaign, ...change(campaign) } })),
    ),
  );
/** Other answers about points. */
export const told = (change: (answer: Message) => Message): Mutation =>
  asks('tell', (request) => ({
    answers: request.answers.map((answer: Message) => ({ ...answer, ...change(answer) })),
  }));
/** Tokens that are not those of the caller. */
export const ownTokens =
  (method: string): Mutation =>
  (right, instance) => {
    let count = 0;
    return asks(method, () => ({ token: `own-${count++}` }))(right, instance);
  };
/** Other points in the list. */
export const listed = (change: (point: Message) => Message): Mutation =>
  changing('listPoints', { response: ({ point }) => ({ point: { ...point, ...change(point) } }) });

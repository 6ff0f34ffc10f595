import { status } from '@grpc/grpc-js';
import { type Check, CheckSkipped, listChecks, must } from '../check.ts';
import { FOREIGN_SETTING, isActive } from '../shared/hyperparameter-ranges.ts';
import { requireNamedValues } from '../shared/received.ts';
import { mustRefuse, outcomeOf } from '../shared/refusals.ts';
import { statusName } from '../shared/status-name.ts';
import { type FitAnswer, sendParts } from './fit-call.ts';
import type { FitContext } from './fit-context.ts';

const SOURCE = 'generator/v1/generator.proto: GeneratorService.Fit';

/** Checks of Fit. `fitted` is the fit that the others are compared with. */
export function fitChecks(context: FitContext, fitted: () => Promise<FitAnswer>): readonly Check[] {
  const list = listChecks(SOURCE);

  list.promise('a fit gives one model, whole and with its SHA-256, and last one summary', async () => {
    const { model } = await fitted();
    must(model.byteLength > 0, 'the model is empty', 'bytes that Sample takes');
  });

  list.promise('progress goes up to the number of steps, and no value is NaN', async () => {
    const { progress } = await fitted();
    if (progress.length === 0) throw new CheckSkipped('the service sends no progress; it need not');
    let last = 0;
    for (const { step, totalSteps, losses } of progress) {
      must(step >= last && step <= totalSteps, `step ${step} of ${totalSteps} after ${last}`, 'steps that only rise');
      last = step;
      requireNamedValues(losses, 'progress.losses');
    }
  });

  list.promise('the summary says which step was selected, from where, and how long it took', async () => {
    const { steps, selectedStep, resumedFromStep, seconds, values } = (await fitted()).summary;
    must(selectedStep <= steps, `step ${selectedStep} of ${steps} was selected`, 'a step that was done');
    must(resumedFromStep === 0, `the fit began at step ${resumedFromStep}`, '0, for it was not resumed');
    must(seconds >= 0 && Number.isFinite(seconds), `it took ${seconds} s`, 'a finite time, not below 0');
    requireNamedValues(values, 'summary.values');
  });

  list.promise('the same settings and points give the same model, bit for bit', async () => {
    requireSameModel(await fitted(), await context.fit());
  });

  list.promise('a hyperparameter that is absent takes its default', async () => {
    const space = await context.space();
    if (space.length === 0) throw new CheckSkipped('the service offers no hyperparameters');
    const { hyperparameters } = await context.settings();
    const given = new Map(hyperparameters.flatMap(({ name, value }) => (value ? [[name, value] as const] : [])));
    const defaults = space
      .filter((parameter) => !given.has(parameter.name) && isActive(parameter, space, given))
      .map(({ name, defaultValue }) => ({ name, value: defaultValue }));
    const stated = [...hyperparameters, ...defaults];
    requireSameModel(await fitted(), await context.fit({ hyperparameters: stated }), 'where defaults are stated');
  });

  list.promise('hyperparameters of other services are not refused', async () => {
    const { hyperparameters } = await context.settings();
    await context.fit({ hyperparameters: [...hyperparameters, FOREIGN_SETTING] });
  });

  list.promise('a cancelled fit ends, and the next one is undisturbed', async () => {
    const call = context.generator.fit({ deadlineMs: context.options.deadlineMs });
    const sent = sendParts(call, await context.parts({ seed: 8 }));
    await call.receive();
    call.cancel();
    const drained = (async () => {
      for await (const _ of call);
    })();
    const { code } = await outcomeOf(drained);
    await sent;
    const ended = code === status.CANCELLED || code === status.OK;
    must(ended, `the call ended as ${statusName(code)}`, 'CANCELLED, or OK where it was over before');
    requireSameModel(await fitted(), await context.fit(), 'after another fit was cancelled');
  });
  list.promise('fits that are cancelled one after the other make room for the next', async () => {
    for (let i = 0; i < CANCELLED_FITS; i++) {
      const call = context.generator.fit({ deadlineMs: context.options.deadlineMs });
      const sent = sendParts(call, await context.parts({ seed: 100 + i }));
      // Once it has answered it is under way.
      await outcomeOf(call.receive());
      call.cancel();
      await sent;
    }
    requireSameModel(await fitted(), await context.fit(), `after ${CANCELLED_FITS} fits were cancelled`);
  });
  return list.checks;
}

/** More than a process computes at once. */
const CANCELLED_FITS = 12;

/** Checks of continuing from a checkpoint. */
export function resumeChecks(context: FitContext, fitted: () => Promise<FitAnswer>): readonly Check[] {
  const list = listChecks(`${SOURCE}; ResumeCheckpoint`);
  const checkpoint = async () => {
    const { checkpoints, summary } = await fitted();
    if (checkpoints.length === 0) throw new CheckSkipped('the service sends no resumable checkpoints; it need not');
    return checkpoints.find(({ step }) => step > 0 && step < summary.steps) ?? checkpoints[0];
  };

  list.promise('a fit that continues from a checkpoint gives the same model', async () => {
    const { step, bytes } = await checkpoint();
    const resumed = await context.fit({ resume: bytes });
    const from = resumed.summary.resumedFromStep;
    must(from === step, `the fit continued from step ${from}`, `${step}, where the checkpoint was taken`);
    requireSameModel(await fitted(), resumed, `where the fit continued from step ${step}`);
  });

  list.promise('a second instance continues from a checkpoint with the same model', async () => {
    const { bytes } = await checkpoint();
    requireSameModel(
      await fitted(),
      await context.fit({ resume: bytes }, context.instances.second()),
      'at the second instance',
    );
  });

  const refused: [string, (bytes: Uint8Array) => Parameters<FitContext['fit']>[0]][] = [
    ['a checkpoint of another fit', (resume) => ({ resume, seed: 8 })],
    ['a checkpoint that is none', () => ({ resume: Buffer.from('no checkpoint') })],
  ];
  for (const [what, changes] of refused) {
    list.refusal(`${what} is FAILED_PRECONDITION`, async () => {
      await mustRefuse(context.fit(changes((await checkpoint()).bytes)), status.FAILED_PRECONDITION);
    });
  }
  return list.checks;
}

function requireSameModel(one: FitAnswer, other: FitAnswer, where = 'the second time'): void {
  const same = Buffer.compare(one.model, other.model) === 0;
  const lengths = `${one.model.byteLength} and ${other.model.byteLength} bytes`;
  must(same, `${where}, the model is another one (${lengths})`, 'the same bytes');
}

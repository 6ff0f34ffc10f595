import { type ServiceError, status } from '@grpc/grpc-js';
import { badRequestStatus } from '@qloom/service-kit/faults/status-details.ts';
import { parseStudyFile } from './load-study-file.ts';
import { refusalOf } from './refusal.ts';

const TEXT = 'data:\n  csv: a.csv\n  labels: 12\nqnn:\n  batch: 64\nspace:\n  gan.steps: { min: 60 }\n';

function refusal(text: string, ...violations: { field: string; description: string }[]): string {
  const error = Object.assign(new Error('3 INVALID_ARGUMENT'), {
    ...badRequestStatus(status.INVALID_ARGUMENT, 'refused', violations),
  }) as ServiceError;
  return refusalOf(parseStudyFile('s.yaml', text, {}), error).message;
}

describe('a refusal of the agent', () => {
  it('names fields as the study file does, with their lines', () => {
    expect(
      refusal(
        TEXT,
        { field: 'settings.data.label_budget', description: '12 is too few' },
        { field: 'settings.qnn.batch_size', description: '64 is above 32' },
        { field: 'settings.space.gan.steps.min', description: '60 is below 200' },
      ),
    ).toBe(
      's.yaml:3: data.labels: 12 is too few\ns.yaml:5: qnn.batch: 64 is above 32\ns.yaml:7: space.gan.steps.min: 60 is below 200',
    );
  });

  it('has the line of each baseline of a list', () => {
    const text =
      'data: { csv: a.csv }\nservices: { generator: unix:/g }\nevaluation:\n  rivals:\n    - copula\n    - noise\n';
    const description = '"noise" is not one of flow, copula, which are the methods of the generator';
    expect(refusal(text, { field: 'settings.evaluation.rivals[1]', description })).toBe(
      `s.yaml:6: evaluation.rivals[1]: ${description}`,
    );
    const none = 'the generator has no hyperparameter "method"';
    expect(refusal(text, { field: 'settings.evaluation.rivals', description: none })).toBe(
      `s.yaml:4: evaluation.rivals: ${none}`,
    );
  });

  it('is reported unchanged where no field is named', () => {
    expect(refusal(TEXT)).toBe('s.yaml: refused');
  });
});

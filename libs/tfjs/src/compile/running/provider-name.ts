/** The execution providers that compiled functions can use. */
export type ProviderName = 'cpu' | 'cuda' | 'webgpu';

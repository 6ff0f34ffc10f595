# The four images, one stage each: docker build --target generator --tag qloom-generator:dev .
FROM node:24-bookworm-slim AS install
WORKDIR /qloom
COPY package.json package-lock.json .npmrc ./
COPY libs libs
COPY services services
COPY apps/qloom/package.json apps/qloom/package.json
COPY bench/package.json bench/package.json
COPY conformance/package.json conformance/package.json
COPY e2e/package.json e2e/package.json
# The image brings Node itself and has no GPU: optional packages that carry these go, and onnxruntime's other platforms.
RUN npm install --no-save --omit=dev --ignore-scripts \
  && rm -rf node_modules/node-linux-* node_modules/node-darwin-* node_modules/node-bin-* node_modules/webgpu \
    node_modules/onnxruntime-node/bin/*/darwin node_modules/onnxruntime-node/bin/*/win32

# Workspaces stay links: TypeScript that was copied into node_modules is not stripped by Node.
FROM node:24-bookworm-slim AS runtime
# A small young generation: tensors live outside V8's heap, and a large one only holds memory back.
ENV NODE_ENV=production QLOOM_LISTEN=0.0.0.0:50051 NODE_OPTIONS=--max-semi-space-size=8
WORKDIR /qloom
COPY --from=install --chown=root:root /qloom /qloom
USER 1000:1000
EXPOSE 50051

FROM runtime AS generator
CMD ["node", "services/generator/src/main.ts"]

FROM runtime AS discriminator
CMD ["node", "services/discriminator/src/main.ts"]

FROM runtime AS qnn-sim
CMD ["node", "services/qnn-sim/src/main.ts"]

FROM runtime AS agent
CMD ["node", "services/agent/src/main.ts"]

# The images of the four services, one stage each: docker build --target generator --tag qloom-generator:dev .
# The same for NVIDIA GPUs: docker build --target generator-cuda --tag qloom-generator-cuda:dev .
FROM node:24-bookworm-slim AS install
WORKDIR /qloom
COPY package.json package-lock.json .npmrc ./
COPY libs libs
COPY services services
COPY apps/qloom/package.json apps/qloom/package.json
COPY bench/package.json bench/package.json
COPY conformance/package.json conformance/package.json
COPY e2e/package.json e2e/package.json
RUN npm install --no-save --omit=dev --ignore-scripts

# The image brings Node itself and has no GPU: optional packages that carry these go, and onnxruntime's other platforms.
FROM install AS install-cpu
RUN rm -rf node_modules/node-linux-* node_modules/node-darwin-* node_modules/node-bin-* node_modules/webgpu \
    node_modules/onnxruntime-node/bin/*/darwin node_modules/onnxruntime-node/bin/*/win32

# Workspaces stay links: TypeScript that was copied into node_modules is not stripped by Node.
FROM node:24-bookworm-slim AS runtime
# A small young generation: tensors live outside V8's heap, and a large one only holds memory back.
ENV NODE_ENV=production QLOOM_LISTEN=0.0.0.0:50051 NODE_OPTIONS=--max-semi-space-size=8
WORKDIR /qloom
COPY --from=install-cpu --chown=root:root /qloom /qloom
USER 10001:10001
EXPOSE 50051

FROM runtime AS generator
CMD ["node", "services/generator/src/main.ts"]

FROM runtime AS discriminator
CMD ["node", "services/discriminator/src/main.ts"]

FROM runtime AS qnn-sim
CMD ["node", "services/qnn-sim/src/main.ts"]

FROM runtime AS agent
CMD ["node", "services/agent/src/main.ts"]

FROM runtime AS experiment
CMD ["node", "services/experiment/src/main.ts"]

# onnxruntime's CUDA provider, by its own install script; WebGPU (Dawn); and tfjs-node-gpu, whose addon is compiled against the
# libtensorflow that its install script downloads.
FROM install AS install-cuda
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates g++ make python3 \
  && rm -rf /var/lib/apt/lists/*
# The script itself: `npm rebuild` does not run it (package.json, allowScripts), and says nothing.
RUN ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js \
  && ls node_modules/onnxruntime-node/bin/*/linux/x64/libonnxruntime_providers_cuda.so
RUN npm install --no-save --omit=dev --ignore-scripts @tensorflow/tfjs-node-gpu@4.22.0 \
  && npm rebuild @tensorflow/tfjs-node-gpu --foreground-scripts
RUN rm -rf node_modules/node-linux-* node_modules/node-darwin-* node_modules/node-bin-* \
    node_modules/onnxruntime-node/bin/*/darwin node_modules/onnxruntime-node/bin/*/win32

# The libtensorflow of tfjs-node-gpu is built for CUDA 11 and cuDNN 8, whose libraries have other names than those of CUDA 12.
FROM nvidia/cuda:11.8.0-cudnn8-runtime-ubuntu22.04 AS cuda-11
RUN mkdir /cuda-11 && cp -P /usr/local/cuda-11.8/targets/x86_64-linux/lib/*.so* /usr/lib/x86_64-linux-gnu/libcudnn*.so.8* /cuda-11

# CUDA 12 with cuDNN 9 for onnxruntime. The driver and its Vulkan library come from the node, by the NVIDIA container runtime.
FROM nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04 AS runtime-cuda
COPY --from=node:24-bookworm-slim /usr/local/bin/node /usr/local/bin/node
COPY --from=cuda-11 /cuda-11 /usr/local/cuda-11
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates libatomic1 libvulkan1 \
  && rm -rf /var/lib/apt/lists/*
# Caches of kernels go to the one folder that can be written.
ENV NODE_ENV=production QLOOM_LISTEN=0.0.0.0:50051 NODE_OPTIONS=--max-semi-space-size=8 \
  QLOOM_TFJS_PROVIDER=cuda \
  NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,graphics,utility \
  LD_LIBRARY_PATH=/usr/local/nvidia/lib:/usr/local/nvidia/lib64:/usr/local/cuda/lib64:/usr/local/cuda-11 \
  CUDA_CACHE_PATH=/tmp/cuda XDG_CACHE_HOME=/tmp/cache
WORKDIR /qloom
COPY --from=install-cuda --chown=root:root /qloom /qloom
USER 10001:10001
EXPOSE 50051

FROM runtime-cuda AS generator-cuda
CMD ["node", "services/generator/src/main.ts"]

FROM runtime-cuda AS discriminator-cuda
CMD ["node", "services/discriminator/src/main.ts"]

FROM runtime-cuda AS qnn-sim-cuda
CMD ["node", "services/qnn-sim/src/main.ts"]

# Node's newest 22 at the time of the build. For images that can be built again bit by bit, name a digest:
#   docker build --build-arg NODE_IMAGE=node:22-bookworm-slim@sha256:… .
ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build:service && mkdir data

FROM ${NODE_IMAGE}
# Two arenas keep the memory that threads leave from being held for ever; a fixed threshold gives large buffers back at once.
ENV NODE_ENV=production DATA_DIR=/data MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=262144
WORKDIR /app
COPY --from=dependencies /app/package.json ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
# Where the embedded PostgreSQL would live; with DATABASE_URL nothing is written anywhere.
COPY --from=build --chown=1000:1000 /app/data /data
# The image's user `node`, by number: Kubernetes cannot tell from a name that it is not root.
USER 1000:1000
EXPOSE 8000
# The certificate is not for 127.0.0.1, and only this container can answer there.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "require(process.env.TLS_CERT_FILE ? 'https' : 'http').get({ host: '127.0.0.1', port: process.env.PORT || 8000, path: `/${process.env.BASE_PATH || ''}/health/live`.replace(/\\/+/g, '/'), rejectUnauthorized: false }, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
CMD ["node", "dist/apps/registry/src/main.js"]

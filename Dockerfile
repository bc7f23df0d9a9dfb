# syntax=docker/dockerfile:1
# One target a service: docker build --target api -t mentorline-api .

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci && npm run build
# Sources stay behind, as do the parts that only the build and the tests need.
RUN rm -rf node_modules libs/*/node_modules bench/build \
  && find libs services \( -name '*.ts' -o -name '*.tsbuildinfo' -o -name '*.mjml' \) -type f -delete

# Installed in the versions of the lock file. Left in, what a service needs for its tests would be installed with it.
FROM build AS build-api
RUN --mount=type=cache,target=/root/.npm \
  npm pkg delete devDependencies --workspace services/api \
  && npm install --omit=dev --workspace services/api \
  && rm -rf libs/client libs/devstack libs/testkit

FROM build AS build-importer
RUN --mount=type=cache,target=/root/.npm \
  npm pkg delete devDependencies --workspace services/importer \
  && npm install --omit=dev --workspace services/importer \
  && rm -rf libs/client libs/devstack libs/testkit

FROM build AS build-notifier
RUN --mount=type=cache,target=/root/.npm \
  npm pkg delete devDependencies --workspace services/notifier \
  && npm install --omit=dev --workspace services/notifier \
  && rm -rf libs/client libs/devstack libs/testkit

# A service writes nothing but its standard output, so the root file system may be read-only.
FROM node:24-bookworm-slim AS service
ENV NODE_ENV=production HOST=0.0.0.0 INTERNAL_HOST=0.0.0.0
WORKDIR /app
USER 1000
# node itself is process 1 and stops in order on it; npm would not hand it on.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.INTERNAL_PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

FROM service AS api
ENV INTERNAL_PORT=3010
EXPOSE 3000 3010
COPY --from=build-api /app/node_modules node_modules
COPY --from=build-api /app/libs libs
COPY --from=build-api /app/services/api services/api
CMD ["node", "--enable-source-maps", "--import", "@mentorline/tracing", "services/api/build/src/main.js"]

FROM service AS importer
ENV INTERNAL_PORT=3011
EXPOSE 3011
COPY --from=build-importer /app/node_modules node_modules
COPY --from=build-importer /app/libs libs
COPY --from=build-importer /app/services/importer services/importer
CMD ["node", "--enable-source-maps", "--import", "@mentorline/tracing", "services/importer/build/src/main.js"]

FROM service AS notifier
ENV INTERNAL_PORT=3012
EXPOSE 3012
COPY --from=build-notifier /app/node_modules node_modules
COPY --from=build-notifier /app/libs libs
COPY --from=build-notifier /app/services/notifier services/notifier
CMD ["node", "--enable-source-maps", "--import", "@mentorline/tracing", "services/notifier/build/src/main.js"]

# Made by `stead render` from backend.py: change that, or delete this line to own the file. [5376eeb3daeed08e]
ARG NODE_BASE=docker.io/library/node:24-trixie-slim@sha256:8ec5d7557396cfe32d21c3f9c13072355ceab22b584578ca4bb28af31120cffe

FROM ${NODE_BASE} AS build
WORKDIR /app
COPY ["backends/polyglot/watcher/", "./"]

FROM ${NODE_BASE}
ARG VERSION=unknown
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.source="${SOURCE}"
ENV NODE_ENV="production" \
    PATH="/app/node_modules/.bin:$PATH"
WORKDIR /app
COPY --from=build ["/app", "/app"]
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["node", "-e", "fetch('http://127.0.0.1:8000/health', {signal: AbortSignal.timeout(2000)}).then(a => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "watcher.mjs"]

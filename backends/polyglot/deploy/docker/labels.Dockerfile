# Made by `stead render` from backend.py: change that, or delete this line to own the file. [8c7993d74c42b594]
ARG RUBY_BASE=docker.io/library/ruby:3.4-slim-trixie@sha256:4677fd16f2b54ef534d18b0e34e20a15726b62c203cb996fd70297a058864c60

FROM ${RUBY_BASE}
ARG VERSION=unknown
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.source="${SOURCE}"
ENV BUNDLE_DEPLOYMENT="1" \
    BUNDLE_PATH="/gems" \
    BUNDLE_WITHOUT="development:test" \
    RACK_ENV="production" \
    RAILS_ENV="production" \
    RAILS_LOG_TO_STDOUT="1"
WORKDIR /app
COPY ["backends/polyglot/labels/", "/app/"]
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8000 && printf 'GET /healthz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r line <&3 && [[ $line == HTTP/1.?' 200'* ]]"]
ENTRYPOINT ["ruby", "labels.rb"]

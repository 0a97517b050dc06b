FROM python:3.13-slim@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 AS build
RUN apt-get update && apt-get install -y gcc
COPY pyproject.toml uv.lock ./
RUN uv sync --locked

FROM python:3.13-slim@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
ARG REVISION=unknown
RUN apt-get update && apt-get install -y gcc
COPY --from=build /venv /venv
USER 10001:10001
ENTRYPOINT ["python", "-m", "app"]

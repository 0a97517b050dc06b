# In place of ghcr.io/astral-sh/uv.
FROM scratch
COPY uv /uv

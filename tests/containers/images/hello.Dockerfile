# A version of a backend, on what the rendered Dockerfile has made of this project.
FROM rewards-python:dev
COPY backend/ /app/

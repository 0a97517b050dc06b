# In place of node, golang and eclipse-temurin: a language as Debian packs it.
FROM stead-test/debian
ARG PACKAGES
RUN mkdir -p /var/cache/apt/archives/partial && apt-get update \
    && apt-get install --yes --no-install-recommends ${PACKAGES} && apt-get clean

# In place of chrislusf/seaweedfs: the program itself, and curl for its health.
FROM stead-test/debian
RUN mkdir -p /var/cache/apt/archives/partial && apt-get update \
    && apt-get install --yes --no-install-recommends curl && apt-get clean
RUN mkdir /data && chown 1000:1000 /data
COPY weed /usr/bin/weed

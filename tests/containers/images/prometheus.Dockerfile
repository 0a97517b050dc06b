# In place of prom/prometheus.
FROM stead-test/debian
RUN mkdir -p /prometheus && chown 65534:65534 /prometheus
ENTRYPOINT ["/usr/bin/prometheus"]

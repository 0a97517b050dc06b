# In place of envoyproxy/envoy.
FROM stead-test/debian
COPY envoy /usr/local/bin/envoy

# In place of python:slim.
FROM stead-test/debian
RUN ln -sf python3 /usr/bin/python
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt

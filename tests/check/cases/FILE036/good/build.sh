#!/bin/sh
docker build . || exit 1
if docker build tools; then
    echo built
fi
docker build last

#!/bin/sh
if [ -d apps/orders/cache ]; then
    rm -r apps/orders/cache || true
fi

#!/bin/sh
set -eu
for service in apps/orders apps/mail; do #! SERVICE024
    kubectl apply -f "$service"
done

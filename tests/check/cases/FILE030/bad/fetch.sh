#!/bin/sh
set -eu
ssh -o StrictHostKeyChecking=no ann@shop.io true  #! FILE030
curl -sk https://shop.io/keys.json -o keys.json  #! FILE030
kubectl --insecure-skip-tls-verify get pods  #! FILE030

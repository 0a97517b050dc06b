#!/bin/bash
set -euo pipefail
pg_dump shop | gzip > shop.gz

#!/bin/sh
set -eu
stead ship compose || true  #! FILE029

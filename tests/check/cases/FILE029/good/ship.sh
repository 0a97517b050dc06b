#!/bin/sh
set -eu
stead ship compose

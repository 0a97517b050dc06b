#!/bin/sh
cat docs/how.md

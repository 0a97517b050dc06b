#!/bin/sh
cat docs/How.md #! PATH017

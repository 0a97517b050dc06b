#!/bin/sh
export PARTNER_KEY="$1"
exec echo asked

#!/bin/sh
export PARTNER_KEY=marble-7  #! SECRET022
exec echo asked

#!/bin/bash
if [ "$1" = a ]; then
  echo $1
fi

#!/bin/sh
cd "$1" || exit
ls $2

#!/bin/sh
cd "$1" #! FILE019
ls

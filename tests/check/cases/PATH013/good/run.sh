#!/bin/sh
cat /etc/hosts "$HOME/list.txt"

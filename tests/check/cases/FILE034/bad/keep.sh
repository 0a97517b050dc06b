#!/bin/sh
set -eu
chmod -R 777 /srv/uploads  #! FILE034
chmod 666 notes.txt  #! FILE034
chmod a+rw notes.txt  #! FILE034

#!/bin/sh
set -eu
chmod -R 750 /srv/uploads
chmod 1777 /srv/scratch
chmod u+w,a+x notes.txt
chmod 666 /dev/fuse
echo 'never chmod 777 a file'

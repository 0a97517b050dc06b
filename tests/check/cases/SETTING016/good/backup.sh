#!/bin/sh
mkdir -p "$BACKUP_FOLDER"

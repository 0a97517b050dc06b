#!/bin/sh
cat /home/ann/shop/list.txt #! PATH013

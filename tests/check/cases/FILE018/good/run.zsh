#!/bin/zsh
echo ${(%):-%x}

#!/bin/sh
echo names

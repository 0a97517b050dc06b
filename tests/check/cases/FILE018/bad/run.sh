#!/bin/bash
ls $@ #! FILE018

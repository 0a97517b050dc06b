from json import dumps as main

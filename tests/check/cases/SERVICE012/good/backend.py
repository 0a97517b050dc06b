from stead import Backend, Job

entry = Job("entry", entry="json:dumps")
command = Job("command", command="true")
image = Job("image", image="example.com/job@sha256:" + 64 * "0")
backend = Backend("shop", jobs=[entry, command, image])

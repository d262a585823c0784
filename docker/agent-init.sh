#!/bin/sh
# The first process of an agent's container. It hands signals on, and takes leave of processes whose parents are gone,
# which only the first process can do.
"$@" &
child=$!
trap 'kill -TERM "$child" 2>/dev/null' TERM INT HUP

# A signal that is handed on ends the waiting, though not the child.
status=0
while kill -0 "$child" 2>/dev/null; do
  wait "$child"
  status=$?
done
exit "$status"

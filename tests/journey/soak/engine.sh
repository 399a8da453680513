#!/bin/sh
# The smallest engine there is, warm or not: it says that all went well, in the one file that the worker reads.
case $1 in
  --claim) claim=$2 ;;
  --await) while read -r word claim; do [ "$word" = claim ] && break; done ;;
esac
[ -n "$claim" ] || exit 0
id=${claim##*/}
id=${id%.claim.json}
printf '{"id":"%s","attempt":1,"exitCode":0,"finishedAt":"2026-01-01T00:00:00.000Z","outcomes":[]}' "$id" > "${claim%.claim.json}.result.tmp"
mv "${claim%.claim.json}.result.tmp" "${claim%.claim.json}.result.json"

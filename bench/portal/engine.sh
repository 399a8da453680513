#!/bin/sh
# The smallest engine there is: it says that all went well, in the one file that the worker reads.
claim=$2
id=${claim##*/}
id=${id%.claim.json}
printf '{"id":"%s","attempt":1,"exitCode":0,"finishedAt":"2026-01-01T00:00:00.000Z","outcomes":[]}' "$id" > "${claim%.claim.json}.result.tmp"
mv "${claim%.claim.json}.result.tmp" "${claim%.claim.json}.result.json"
